import { instanceToPlain, plainToInstance } from 'class-transformer';
// Not exported by the package: it says of no class what its decorators do, and trying values out would not show what a
// decorator makes of others. The file is what its own index loads, so it has the registrations of every import of it.
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import type { ValidationError } from 'class-validator';
import { getMetadataStorage, validateSync } from '../validation/class-validator-parts.js';

/** One entry of class-validator's metadata, as far as the compiler reads it. */
export interface ValidatorEntry {
  readonly type: string;
  readonly name: string | undefined;
  readonly propertyName: string;
  readonly constraints: readonly unknown[] | undefined;
  readonly each: boolean | undefined;
  readonly conditional: boolean;
  /** What the validator itself says of a value; `undefined` where there is not exactly one that answers at once. */
  readonly accepts: ((value: unknown, object: object) => boolean) | undefined;
}

/**
 * class-validator and class-transformer as the plugin sees them. A plugin may have resolved its own copies, whose
 * registrations are not known to ours; so the plugin carries these functions with it.
 */
export interface ValidationCopy {
  validate(instance: object): ValidationError[];
  /** Every validator that applies to instances of the class. */
  entriesOf(model: abstract new (...args: never[]) => object): readonly ValidatorEntry[];
  /** Turns a plain object into an instance, with the class-transformer decorators of the class. */
  instantiate(model: abstract new (...args: never[]) => object, plain: object): object;
  toPlain(instance: object): object;
  /**
   * True when {@link instantiate} may give the properties other values than the plain object has. Missing in plugins that
   * were built with an older release: then it may.
   */
  transforms?(model: abstract new (...args: never[]) => object, properties: readonly string[]): boolean;
}

/** class-transformer's number for {@link ValidationCopy.instantiate}. */
const PLAIN_TO_CLASS = 0;

/** The copies that this module resolves. */
export const VALIDATION_COPY: ValidationCopy = {
  validate: (instance) => validateSync(instance, { forbidUnknownValues: false, validationError: { target: false } }),
  entriesOf: (model) => {
    const storage = getMetadataStorage();
    return storage.getTargetValidationMetadatas(model, '', false, false).map((metadata): ValidatorEntry => {
      const { type, name, propertyName, each } = metadata;
      const constraints = metadata.constraints as unknown[] | undefined;
      const validators = storage.getTargetValidatorConstraints(metadata.constraintCls);
      const [only] = validators;
      const accepts =
        validators.length !== 1 || only === undefined || only.async
          ? undefined
          : (value: unknown, object: object): boolean =>
              only.instance.validate(value, {
                value,
                object,
                constraints: constraints ?? [],
                targetName: model.name,
                property: propertyName,
              }) === true;
      return { type, name, propertyName, constraints, each, conditional: metadata.validateIf !== undefined, accepts };
    });
  },
  instantiate: (model, plain) => plainToInstance(model as unknown as new () => object, plain),
  toPlain: (instance) => instanceToPlain(instance),
  transforms: (model, properties) =>
    // something of the class stands in for a property, perhaps a setter
    properties.some((property) => property in (model.prototype as object)) ||
    isDecorated(defaultMetadataStorage, model, properties),
};

type Model = abstract new (...args: never[]) => object;

/** Where a copy of class-transformer keeps what its decorators said. Spelt out: the package has no types for it that others could read. */
export interface DecoratorStorage {
  getStrategy(model: Model): string;
  getExposedProperties(model: Model, kind: number): readonly string[];
  getExcludedProperties(model: Model, kind: number): readonly string[];
  findTypeMetadata(model: Model, property: string): unknown;
  findTransformMetadatas(model: Model, property: string, kind: number): readonly unknown[];
}

/** True when class-transformer decorators of the copy with this storage may change what an instance is made of. */
export function isDecorated(storage: DecoratorStorage, model: Model, properties: readonly string[]): boolean {
  return (
    storage.getStrategy(model) !== 'none' ||
    storage.getExposedProperties(model, PLAIN_TO_CLASS).length > 0 ||
    storage.getExcludedProperties(model, PLAIN_TO_CLASS).length > 0 ||
    properties.some(
      (property) =>
        storage.findTypeMetadata(model, property) !== undefined ||
        storage.findTransformMetadatas(model, property, PLAIN_TO_CLASS).length > 0,
    )
  );
}
