import { createRequire } from 'node:module';
import type * as Whole from 'class-validator';

/*
 * The parts of class-validator that Tickloom uses itself. What they register and find is what everybody else does: they are
 * the files that its index loads, from the same place. The index loads three hundred more, all of validator.js and the phone
 * numbers of every country among them, which took a fifth of the time that a command needs to start.
 */

type ClassValidator = typeof Whole;

const require = createRequire(import.meta.url);
const part = (path: string): ClassValidator => require(`class-validator/cjs/${path}.js`) as ClassValidator;

const { getFromContainer } = part('container');
const { Validator } = part('validation/Validator');

export const { getMetadataStorage } = part('metadata/MetadataStorage');
export const { registerDecorator } = part('register-decorator');
export const { ArrayNotEmpty } = part('decorator/array/ArrayNotEmpty');
export const { Equals } = part('decorator/common/Equals');
export const { IsIn } = part('decorator/common/IsIn');
export const { IsOptional } = part('decorator/common/IsOptional');
export const { ValidateBy } = part('decorator/common/ValidateBy');
export const { ValidateIf } = part('decorator/common/ValidateIf');
export const { ValidateNested } = part('decorator/common/ValidateNested');
export const { Max } = part('decorator/number/Max');
export const { Min } = part('decorator/number/Min');
export const { IsISO8601 } = part('decorator/string/IsISO8601');
export const { Matches } = part('decorator/string/Matches');
export const { MinLength } = part('decorator/string/MinLength');
export const { IsArray } = part('decorator/typechecker/IsArray');
export const { IsBoolean } = part('decorator/typechecker/IsBoolean');
export const { IsInt } = part('decorator/typechecker/IsInt');
export const { IsString } = part('decorator/typechecker/IsString');

/** As `validateSync` of the index, for an object with decorators. */
export function validateSync(object: object, options?: Whole.ValidatorOptions): Whole.ValidationError[] {
  return getFromContainer(Validator).validateSync(object, options);
}

let whole: ClassValidator | undefined;

/** All of it, for checks that only a model can have that has loaded it already. */
export function classValidator(): ClassValidator {
  return (whole ??= require('class-validator') as ClassValidator);
}
