import type { ValidationOptions } from 'class-validator';
import { modelOf } from '../market-model.js';
import { checkDecorator, classOf } from './check-spec.js';
import { showValue } from './show-value.js';

/**
 * The value is not below that of another field of the same record, e.g. `high` not below `low`. Passes when either
 * is `null`.
 */
export function IsNotBelow(other: string, options?: ValidationOptions): PropertyDecorator {
  return (target, property) =>
    checkDecorator(
      {
        decorator: '@IsNotBelow()',
        // one field may have several lower bounds: the name keeps them apart in a ValidationError
        name: `isNotBelow(${other})`,
        check: { rule: 'not-below', other },
        codeOf: () => `${String(property)}-below-${other}`,
        summary: `not below ${other}`,
        validate: (value, args) => {
          const bound: unknown = (args.object as Record<string, unknown>)[other];
          if (value === null || bound === null) return true;
          return isOrdered(value) && isOrdered(bound) && value >= bound;
        },
        message: (args) => {
          const bound: unknown = (args.object as Record<string, unknown>)[other];
          const { fields } = modelOf(classOf(args));
          const show = (name: string, shown: unknown): string =>
            showValue(shown, fields.find((field) => field.name === name)?.type);
          return `${args.property} must not be below ${other} ${show(other, bound)}, found ${show(args.property, args.value)}`;
        },
      },
      options,
    )(target, property);
}

function isOrdered(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
