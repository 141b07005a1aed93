import type { DbnVersion } from '../dbn/layout/record-layout.js';
import { TickloomError } from '../errors/index.js';
import type { FieldType } from './wire-types.js';

/** A class that was declared as a record model, by decorators or by a plain object. */
export type ModelClass = abstract new (...args: never[]) => object;

/** What a field decorator says, kept on the class it stands in. */
export interface DeclaredField {
  /** Property of the model. */
  readonly name: string;
  readonly type: FieldType;
  /** Name in the layout. */
  readonly wire: string;
  /** Bytes; for text the longest field in any version. */
  readonly size: number;
  readonly numericColumn: boolean;
  readonly description: string;
  /** The DBN versions whose layout has the field; `null`: all of them. */
  readonly versions: readonly DbnVersion[] | null;
  /** The value in versions whose layout lacks the field; `undefined`: nobody knows, the NULL says nothing. */
  readonly absent: number | bigint | string | null | undefined;
  /** The number that means "not set", in a layout of the model's own. */
  readonly undef: bigint | null;
}

/** What `@Record` says. */
export interface DeclaredRecord {
  /** Struct name of the codec's layout, `null` for a layout of the model's own. */
  readonly dbn: string | null;
  /** For a layout of the model's own. */
  readonly indexTimestamp: string | null;
  /** The text field that is the record's own symbol. */
  readonly symbol: string | null;
}

// on the class and under global symbols, so that a model made with another copy of this package reads the same
const FIELDS = Symbol.for('tickloom.model.fields');
const RECORD = Symbol.for('tickloom.model.record');

interface Declarations {
  [FIELDS]?: DeclaredField[];
  [RECORD]?: DeclaredRecord;
}

/** Adds a field to the class; a field of the same name that is there already is replaced. */
export function declareField(model: ModelClass, field: DeclaredField): void {
  const holder = model as Declarations;
  if (!Object.hasOwn(model, FIELDS)) Object.defineProperty(model, FIELDS, { value: [] });
  holder[FIELDS]?.push(field);
}

export function declareRecord(model: ModelClass, record: DeclaredRecord): void {
  Object.defineProperty(model, RECORD, { value: record });
}

/** What `@Record` said on this very class, not on one it extends. */
export function declaredRecord(model: ModelClass): DeclaredRecord | undefined {
  return Object.hasOwn(model, RECORD) ? (model as Declarations)[RECORD] : undefined;
}

/** The fields of the class, those of the classes it extends first; a field declared again keeps its first place. */
export function declaredFields(model: ModelClass): readonly DeclaredField[] {
  const chain: ModelClass[] = [];
  for (let cls: unknown = model; typeof cls === 'function'; cls = Object.getPrototypeOf(cls)) {
    chain.unshift(cls as ModelClass);
  }
  const fields = new Map<string, DeclaredField>();
  for (const cls of chain) {
    const own = Object.hasOwn(cls, FIELDS) ? ((cls as Declarations)[FIELDS] ?? []) : [];
    for (const field of own) fields.set(field.name, field);
  }
  return [...fields.values()];
}

/** What to do about a class whose decorators were not compiled as legacy ones. */
export const LEGACY_DECORATORS_HINT =
  'Set "experimentalDecorators": true under compilerOptions in tsconfig.json (swc: "legacyDecorator"), or declare the model with defineRecord({ … }).';

/**
 * Refuses a decorator that a compiler called the standard (stage 3) way, which passes a context object.
 * @throws MODEL_INVALID
 */
export function refuseStandardDecorator(decorator: string, context: unknown): void {
  if (typeof context !== 'object' || context === null || !('kind' in context)) return;
  const name = 'name' in context ? String(context.name) : 'unnamed';
  throw new TickloomError(
    'MODEL_INVALID',
    `${decorator} on "${name}" was called as a standard (stage 3) decorator; needed is a legacy decorator`,
    {
      hint: LEGACY_DECORATORS_HINT,
      context: { decorator, name },
    },
  );
}
