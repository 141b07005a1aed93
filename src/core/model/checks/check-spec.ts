import type { ValidationArguments, ValidationOptions } from 'class-validator';
import { registerDecorator } from '../../validation/class-validator-parts.js';
import { refuseStandardDecorator, type ModelClass } from '../declaration.js';
import type { FieldType } from '../wire-types.js';

/** What the compiler has to know of one of our own checks to turn it into code. */
export type CheckRule =
  /** The value fits its wire type and its column; `null` only where the model allows it. */
  | { readonly rule: 'wire-value'; readonly type: FieldType; readonly numericColumn: boolean; readonly size: number }
  /** Both ends included; `null` passes. */
  | { readonly rule: 'between'; readonly min: bigint; readonly max: bigint }
  /** Not below the other field of the same record; `null` on either side passes. */
  | { readonly rule: 'not-below'; readonly other: string };

/** One of our own checks, as it stands in the constraints of class-validator's metadata. */
export interface CheckSpec {
  readonly check: CheckRule;
  /** Stable word for a rejection's reason, from the value that failed. */
  readonly codeOf: (value: unknown) => string;
  /** One sentence for `schemas show` and reference pages. */
  readonly summary: string;
}

// found by this key in another copy's metadata too
const SPEC = Symbol.for('tickloom.check');

interface CheckOptions extends CheckSpec {
  /** As an author writes it, for messages: `@IsNotBelow()`. */
  readonly decorator: string;
  /** Key of the check in a `ValidationError`; one property may carry several checks of different names. */
  readonly name: string;
  readonly validate: (value: unknown, args: ValidationArguments) => boolean;
  readonly message: (args: ValidationArguments) => string;
}

/**
 * A class-validator decorator that the compiler also understands.
 * @throws MODEL_INVALID where it is called as a standard decorator
 */
export function checkDecorator(options: CheckOptions, validationOptions?: ValidationOptions): PropertyDecorator {
  const { decorator, name, validate, message, check, codeOf, summary } = options;
  const spec: CheckSpec = { check, codeOf, summary };
  return (target, property) => {
    refuseStandardDecorator(decorator, property);
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      constraints: [{ [SPEC]: spec }],
      ...(validationOptions === undefined ? {} : { options: validationOptions }),
      validator: {
        validate: (value, args) => args !== undefined && validate(value, args),
        defaultMessage: (args) => (args ? message(args) : name),
      },
    });
  };
}

/** The spec of a check of ours, `undefined` for any other validator. */
export function checkSpecOf(constraints: readonly unknown[] | undefined): CheckSpec | undefined {
  const first = constraints?.[0];
  if (typeof first !== 'object' || first === null || !(SPEC in first)) return undefined;
  return first[SPEC] as CheckSpec;
}

/** The class whose instance is being checked. */
export function classOf(args: ValidationArguments): ModelClass {
  return args.object.constructor as ModelClass;
}
