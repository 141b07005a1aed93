import { isUtf8 } from 'node:buffer';
import type { WireField } from '../dbn/layout/record-layout.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import { checkSpecOf, type CheckRule } from '../model/checks/check-spec.js';
import { columnRangeOf } from '../model/checks/is-wire-value.js';
import type { BoundField, MarketModel, ModelBinding } from '../model/model-spec.js';
import { rangeOf, WIRE_TYPES } from '../model/wire-types.js';
import type { ValidatorEntry } from '../plugin/validation-copy.js';
import { halvesAt, isUndefined, literalHalves, makeFunction, numberAt } from './compiled-source.js';
import { characterTableOf, comparisonOf, verdictOn } from './standard-validators.js';

/** Sets the verdict of every record that fails to 1, and gives how many did. */
export type Check = (batch: RecordBatch, recordMin: number, verdicts: Uint8Array) => number;

export interface CompiledCheck {
  readonly check: Check;
  /** True when the model has validators that are not compiled: what passes has to be shown to `validateSync` too. */
  readonly partial: boolean;
}

type Generated = (batch: RecordBatch, recordMin: number, verdicts: Uint8Array) => number;

/** Validators of one property, as the compiler sees them. */
interface Plan {
  /** Source text of conditions under which a record is rejected. */
  readonly rejects: readonly string[];
  readonly partial: boolean;
}

/**
 * Compiles the checks of a model in one DBN version: what a row can hold at all, class-validator's own validators and
 * ours. `validateSync` stays the truth: the others are left to it.
 */
export function compileCheck(
  model: MarketModel,
  binding: ModelBinding,
  entries: readonly ValidatorEntry[],
): CompiledCheck {
  const byProperty = new Map<string, ValidatorEntry[]>();
  for (const entry of entries) {
    byProperty.set(entry.propertyName, [...(byProperty.get(entry.propertyName) ?? []), entry]);
  }
  const tables: Uint8Array[] = [];
  let partial = [...byProperty.keys()].some((name) => binding.fields.every(({ field }) => field.name !== name));
  const declarations: string[] = [];
  const rejects: string[] = [];
  binding.fields.forEach((bound, index) => {
    const plan = planOf(bound, index, byProperty.get(bound.field.name) ?? [], binding.fields, tables);
    partial ||= plan.partial;
    declarations.push(declarationOf(bound, index));
    rejects.push(...structuralRejects(bound, index, bound.field.name === model.indexTimestamp), ...plan.rejects);
  });
  const body = `
    const { bytes, view, offsets, count } = batch;
    let rejected = 0;
    for (let i = 0; i < count; i++) {
      const o = offsets[i];
      if (bytes[o] * 4 < recordMin) { verdicts[i] = 1; rejected++; continue; }
      ${declarations.join('\n')}
      if (${rejects.join(' ||\n') || 'false'}) { verdicts[i] = 1; rejected++; }
    }
    return rejected;`;
  const check = makeFunction<(tables: readonly Uint8Array[], badText: typeof isBadText) => Generated>(
    ['tables', 'badText'],
    `${tables.map((_, index) => `const t${index} = tables[${index}];`).join(' ')}
     return function check(batch, recordMin, verdicts) {${body}};`,
  )(tables, isBadText);
  return { check, partial };
}

/** True when the text at `from`, up to its first NUL, is not UTF-8. */
export function isBadText(bytes: Uint8Array, from: number, size: number): boolean {
  let ascii = true;
  let length = 0;
  for (; length < size; length++) {
    const byte = bytes[from + length] as number;
    if (byte === 0) break;
    if (byte >= 0x80) ascii = false;
  }
  return !ascii && !isUtf8(bytes.subarray(from, from + length));
}

/** Reads the field once: `v` and its index for small numbers and characters, `h` and `l` for halves, `n` for null. */
function declarationOf({ wire, field }: BoundField, index: number): string {
  if (wire === null) return '';
  const undef = wire.undef;
  switch (WIRE_TYPES[field.type].kind) {
    case 'number':
      return `const v${index} = ${numberAt(wire)}, n${index} = ${undef === undefined ? 'false' : `v${index} === ${undef}`};`;
    case 'char':
      return `const v${index} = ${numberAt(wire)};`;
    case 'wide':
      return `${halvesAt(wire, `h${index}`, `l${index}`)} const n${index} = ${isUndefined(wire, `h${index}`, `l${index}`)};`;
    case 'text':
      return '';
  }
}

/** What no column can hold, whatever the validators say. */
function structuralRejects({ field, wire }: BoundField, index: number, isIndexTimestamp: boolean): string[] {
  if (wire === null) return [];
  if (isIndexTimestamp) return [`n${index}`];
  if (field.type === 'cstr') return [`badText(bytes, o + ${wire.offset}, ${wire.size})`];
  const beyond = columnRangeOf(field.type, field.numericColumn).max < rangeOf(field.type).max;
  return beyond && field.type === 'u64' && wire.type === 'u64' ? [`(h${index} > 0x7fffffff && !n${index})`] : [];
}

function planOf(
  bound: BoundField,
  index: number,
  entries: readonly ValidatorEntry[],
  fields: readonly BoundField[],
  tables: Uint8Array[],
): Plan {
  const rejects: string[] = [];
  let partial = false;
  const conditions = entries.filter((entry) => entry.type === 'conditionalValidation');
  const optional = conditions.some((entry) => entry.name === 'isOptional');
  if (conditions.some((entry) => entry.name !== 'isOptional')) return { rejects, partial: true };
  for (const entry of entries) {
    if (entry.type === 'conditionalValidation' || entry.type === 'whitelistValidation') continue;
    const reject = rejectOf(bound, index, entry, fields, tables, optional);
    if (reject === undefined) partial = true;
    else if (reject !== 'false') rejects.push(reject);
  }
  return { rejects, partial };
}

/** The condition under which the validator rejects the record; `undefined` when it is left to `validateSync`. */
function rejectOf(
  bound: BoundField,
  index: number,
  entry: ValidatorEntry,
  fields: readonly BoundField[],
  tables: Uint8Array[],
  optional: boolean,
): string | undefined {
  const compilable = entry.type === 'customValidation' || entry.type === 'isDefined';
  if (!compilable || entry.conditional || entry.each === true) return undefined;
  const spec = checkSpecOf(entry.constraints);
  // what the wire holds fits its type, and what its column cannot hold is rejected anyway
  if (spec?.check.rule === 'wire-value') return 'false';
  const { field, wire } = bound;
  if (wire === null) return absentReject(bound, entry, spec?.check, optional);
  if (spec !== undefined) return ruleReject(spec.check, bound, index, fields);
  switch (WIRE_TYPES[field.type].kind) {
    case 'number': {
      const comparison = comparisonOf(entry, field.type);
      const ofNull = optional ? true : verdictOn(entry, null);
      if (comparison === undefined || ofNull === undefined) return undefined;
      const code = comparison.replaceAll(/\bv\b/g, `v${index}`);
      return ofNull ? `(!n${index} && !(${code}))` : `(n${index} || !(${code}))`;
    }
    case 'char': {
      const table = characterTableOf(entry);
      if (table === undefined) return undefined;
      if (optional) table[0] = 1;
      tables.push(table);
      return `t${tables.length - 1}[v${index}] === 0`;
    }
    case 'wide': {
      // class-validator's own say the same of every bigint, apart from those that compare with one
      const compares = ['equals', 'notEquals', 'isIn', 'isNotIn'].includes(entry.name ?? '');
      const verdicts = [optional ? true : verdictOn(entry, null), verdictOn(entry, 1n)];
      if (compares || verdicts.includes(undefined)) return undefined;
      return constantReject(index, verdicts[0] === true, verdicts[1] === true);
    }
    case 'text':
      return entry.name === 'isString' && verdictOn(entry, 'text') === true ? 'false' : undefined;
  }
}

function constantReject(index: number, acceptsNull: boolean, acceptsValue: boolean): string {
  if (acceptsNull) return acceptsValue ? 'false' : `!n${index}`;
  return acceptsValue ? `n${index}` : 'true';
}

/** A version without the field has the same value in every record. */
function absentReject(
  { field }: BoundField,
  entry: ValidatorEntry,
  rule: CheckRule | undefined,
  optional: boolean,
): string | undefined {
  if (optional && field.absent === null) return 'false';
  if (rule !== undefined) return field.absent === null ? 'false' : undefined;
  const verdict = verdictOn(entry, field.absent);
  return verdict === undefined ? undefined : String(!verdict);
}

function ruleReject(
  rule: CheckRule,
  { field, wire }: BoundField,
  index: number,
  fields: readonly BoundField[],
): string | undefined {
  if (wire === null || WIRE_TYPES[field.type].kind !== 'wide') return undefined;
  const self = { high: `h${index}`, low: `l${index}` };
  if (rule.rule === 'between') {
    const [min, max] = [literalHalves(rule.min), literalHalves(rule.max)];
    // an unsigned field has no negative halves to compare with
    if (!isSigned(wire)) return undefined;
    return `(!n${index} && (${isLess(self, min)} || ${isLess(max, self)}))`;
  }
  if (rule.rule !== 'not-below') return undefined;
  const place = fields.findIndex((candidate) => candidate.field.name === rule.other);
  const other = fields[place];
  if (other === undefined || other.wire === null || WIRE_TYPES[other.field.type].kind !== 'wide') return undefined;
  if (isSigned(other.wire) !== isSigned(wire)) return undefined;
  return `(!n${index} && !n${place} && ${isLess(self, { high: `h${place}`, low: `l${place}` })})`;
}

function isSigned(wire: WireField): boolean {
  return wire.type !== 'bytes' && WIRE_TYPES[wire.type].signed;
}

interface Halves {
  readonly high: string | number;
  readonly low: string | number;
}

function isLess(a: Halves, b: Halves): string {
  return `(${a.high} < ${b.high} || (${a.high} === ${b.high} && ${a.low} < ${b.low}))`;
}
