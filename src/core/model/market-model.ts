import { layoutNamed, LAYOUTS } from '../dbn/layout/layouts.js';
import type { DbnVersion, RecordLayout, WireField } from '../dbn/layout/record-layout.js';
import { TickloomError } from '../errors/index.js';
import { columnsOf, IDENTITY_COLUMNS } from './columns.js';
import {
  declaredFields,
  declaredRecord,
  type DeclaredField,
  type DeclaredRecord,
  type ModelClass,
} from './declaration.js';
import type { MarketModel, ModelBinding, ModelField } from './model-spec.js';
import { ownLayout, OWN_LAYOUT_MAX_SIZE } from './own-layout.js';
import { holds, WIRE_TYPES } from './wire-types.js';

const VERSIONS: readonly DbnVersion[] = [1, 2, 3];
/** Header fields that say how to read the record: not columns. */
const FRAMING = new Set(['length', 'rtype']);
const COLUMN_NAME = /^[a-z_][a-z0-9_]*$/;
/** PostgreSQL cuts longer names; `_ns` comes behind the name of a timestamp. */
const COLUMN_NAME_MAX = 60;

// a cache only: what it holds is made from the declarations on the class itself
const resolved = new WeakMap<ModelClass, MarketModel>();

/**
 * The model that a class declares, checked against its layouts.
 * @throws MODEL_INVALID naming the model, the field, and what was expected and found
 */
export function modelOf(cls: ModelClass): MarketModel {
  const known = resolved.get(cls);
  if (known !== undefined) return known;
  const model = resolve(cls);
  resolved.set(cls, model);
  return model;
}

function resolve(cls: ModelClass): MarketModel {
  const record = declaredRecord(cls);
  if (record === undefined) {
    throw invalid(
      cls,
      'is not declared as a record',
      'Put @Record({ … }) on the class, or make it with defineRecord({ … }).',
    );
  }
  const declared = declaredFields(cls);
  for (const field of declared) checkName(cls, field, declared);
  const layouts = layoutsOf(cls, record, declared);
  const newest = [...layouts.values()].at(-1) as RecordLayout;
  const indexTimestamp = indexTimestampOf(cls, record, declared, newest);
  checkSymbol(cls, record, declared);
  if (record.dbn !== null) checkComplete(cls, declared, layouts);

  const ordered = [...declared].sort((a, b) => placeOf(a, layouts) - placeOf(b, layouts));
  const fields = ordered.map((field) => modelField(cls, field, layouts, indexTimestamp));
  const bindings = new Map<DbnVersion, ModelBinding>();
  for (const [version, layout] of layouts) {
    const bound = fields.map((field) => ({ field, wire: wireOf(layout, field.wire) ?? null }));
    bindings.set(version, { version, layout, fields: bound });
  }
  const { symbol } = record;
  return { cls, name: cls.name, fields, indexTimestamp, symbol, ownLayout: record.dbn === null, bindings };
}

/** The layout per version, oldest first. */
function layoutsOf(
  cls: ModelClass,
  record: DeclaredRecord,
  declared: readonly DeclaredField[],
): ReadonlyMap<DbnVersion, RecordLayout> {
  if (record.dbn === null && record.indexTimestamp === null) {
    throw invalid(
      cls,
      'says neither which layout of DBN it has nor which field of its own layout is the index timestamp',
      "Write dbn: 'trade', say, or indexTimestamp: 'ts_event'.",
    );
  }
  if (record.dbn === null) {
    const layout = ownLayout(cls.name, declared, record.indexTimestamp ?? '');
    if (layout.size > OWN_LAYOUT_MAX_SIZE) {
      throw invalid(
        cls,
        `takes ${layout.size} bytes; a record has room for ${OWN_LAYOUT_MAX_SIZE}`,
        'Leave fields out or make its texts shorter.',
      );
    }
    return new Map(VERSIONS.map((version) => [version, layout]));
  }
  const { dbn } = record;
  const layouts = new Map<DbnVersion, RecordLayout>();
  for (const version of VERSIONS) {
    const layout = layoutNamed(dbn, version);
    if (layout !== undefined && !layout.control) layouts.set(version, layout);
  }
  if (layouts.size === 0) {
    const known = [...new Set(LAYOUTS.filter((layout) => !layout.control).map((layout) => layout.name))].sort();
    throw invalid(
      cls,
      `names the unknown layout "${dbn}"; known: ${known.join(', ')}`,
      'Name one of the known layouts, or give indexTimestamp for a layout of its own.',
    );
  }
  return layouts;
}

function indexTimestampOf(
  cls: ModelClass,
  record: DeclaredRecord,
  declared: readonly DeclaredField[],
  layout: RecordLayout,
): string {
  const wanted = record.dbn === null ? record.indexTimestamp : layout.indexTimestamp;
  const field = declared.find((candidate) => (record.dbn === null ? candidate.name : candidate.wire) === wanted);
  if (field === undefined || field.type !== 'timestamp') {
    const found = field === undefined ? 'no such field' : `a field of type ${field.type}`;
    throw invalid(
      cls,
      `needs a timestamp "${String(wanted)}" as index timestamp, found ${found}`,
      'Declare it with @Nanos().',
    );
  }
  return field.name;
}

function checkName(cls: ModelClass, field: DeclaredField, declared: readonly DeclaredField[]): void {
  const { name } = field;
  const hint = 'Rename the property and give the name on the wire as its "wire" option.';
  if (!COLUMN_NAME.test(name) || name.length > COLUMN_NAME_MAX) {
    throw invalid(
      cls,
      `has a field "${name}" that cannot name a column: up to ${COLUMN_NAME_MAX} of a-z, 0-9 and _`,
      hint,
    );
  }
  const taken = [...IDENTITY_COLUMNS.map((column) => column.name), ...FRAMING];
  if (taken.includes(name)) throw invalid(cls, `has a field "${name}", a name that every row has for itself`, hint);
  const twin = declared.find((other) => other.type === 'timestamp' && `${other.name}_ns` === name);
  if (twin !== undefined)
    throw invalid(cls, `has a field "${name}", the column of the nanoseconds of "${twin.name}"`, hint);
  const same = declared.find((other) => other !== field && other.wire === field.wire);
  if (same !== undefined)
    throw invalid(
      cls,
      `reads "${field.wire}" twice, as "${name}" and as "${same.name}"`,
      'Declare each wire field once.',
    );
  if (field.numericColumn && field.type !== 'u64') {
    throw invalid(
      cls,
      `wants a numeric column for "${name}" of type ${field.type}`,
      'Only @Uint64() takes column: "numeric".',
    );
  }
}

function checkSymbol(cls: ModelClass, record: DeclaredRecord, declared: readonly DeclaredField[]): void {
  if (record.symbol === null) return;
  const type = declared.find((field) => field.name === record.symbol)?.type ?? 'none';
  if (type !== 'cstr') {
    throw invalid(
      cls,
      `takes its symbol from "${record.symbol}", which must be a text field, found type ${type}`,
      'Declare it with @Text(size).',
    );
  }
}

/** Nothing is dropped: every printed field of the layout has a column. */
function checkComplete(
  cls: ModelClass,
  declared: readonly DeclaredField[],
  layouts: ReadonlyMap<DbnVersion, RecordLayout>,
): void {
  for (const [version, layout] of layouts) {
    for (const wire of layout.fields) {
      if (wire.type === 'bytes' || FRAMING.has(wire.name) || declared.some((field) => field.wire === wire.name))
        continue;
      throw invalid(
        cls,
        `leaves out "${wire.name}" (${wire.type}) of layout "${layout.name}", DBN version ${version}`,
        'Declare every field of the layout: each becomes a column.',
      );
    }
  }
}

/** Struct order of the newest version that has the field; fields that newer versions lack come behind all others. */
function placeOf(field: DeclaredField, layouts: ReadonlyMap<DbnVersion, RecordLayout>): number {
  const newestFirst = [...layouts.values()].reverse();
  const age = newestFirst.findIndex((layout) => wireOf(layout, field.wire) !== undefined);
  const layout = newestFirst[age];
  return layout === undefined ? 0 : age * 65_536 + (wireOf(layout, field.wire)?.offset ?? 0);
}

function modelField(
  cls: ModelClass,
  declared: DeclaredField,
  layouts: ReadonlyMap<DbnVersion, RecordLayout>,
  indexTimestamp: string,
): ModelField {
  const { name, type, wire, size, numericColumn, absent = null } = declared;
  const found = new Map<DbnVersion, WireField>();
  for (const [version, layout] of layouts) {
    const candidate = wireOf(layout, wire);
    if (candidate === undefined) continue;
    if (!holds(type, candidate.type) || (type === 'cstr' && candidate.size > size)) {
      throw invalid(
        cls,
        `declares "${name}" as ${show(type, size)}, but "${wire}" of layout "${layout.name}" in DBN version ${version} is ${show(candidate.type, candidate.size)}`,
        'Declare the field with the decorator of its wire type.',
      );
    }
    found.set(version, candidate);
  }
  checkVersions(cls, declared, [...found.keys()], [...layouts.keys()]);
  const lacking = found.size < layouts.size;
  const nullable = name !== indexTimestamp && (canBeNull(type, [...found.values()]) || (lacking && absent === null));
  const description = declared.description;
  return {
    name,
    type,
    wire,
    size,
    numericColumn,
    absent,
    nullable,
    description,
    columns: columnsOf(declared, nullable),
  };
}

function checkVersions(cls: ModelClass, field: DeclaredField, found: DbnVersion[], all: DbnVersion[]): void {
  const expected = field.versions ?? all;
  if (all.every((version) => expected.includes(version) === found.includes(version))) return;
  const has = found.length === 0 ? 'no DBN version' : `DBN version ${found.join(', ')}`;
  throw invalid(
    cls,
    `declares "${field.wire}" for DBN version ${expected.join(', ')}, but the layout has it in ${has}`,
    found.length === 0
      ? 'Give the name on the wire as the "wire" option.'
      : `Declare it with versions: [${found.join(', ')}].`,
  );
}

function canBeNull(type: ModelField['type'], wires: readonly WireField[]): boolean {
  return WIRE_TYPES[type].kind === 'char' || wires.some((wire) => wire.undef !== undefined);
}

function wireOf(layout: RecordLayout, name: string): WireField | undefined {
  return layout.fields.find((field) => field.name === name);
}

function show(type: string, size: number): string {
  return type === 'cstr' || type === 'bytes' ? `${type}[${size}]` : type;
}

function invalid(cls: ModelClass, what: string, hint: string): TickloomError {
  return new TickloomError('MODEL_INVALID', `model "${cls.name}" ${what}`, { hint, context: { model: cls.name } });
}
