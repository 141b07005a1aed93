import type { WireField } from '../dbn/layout/record-layout.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { MarketModel, ModelBinding, ModelField } from '../model/model-spec.js';
import { WIRE_TYPES } from '../model/wire-types.js';
import { isBadText } from './compile-check.js';
import { makeFunction, numberAt } from './compiled-source.js';
import { asDeclared, textAt } from './materialise.js';

export interface CompiledMaterialiser {
  /** As `materialise`, an instance of the model with the record's values. */
  readonly instanceAt: (batch: RecordBatch, offset: number) => object;
  /** True when nothing but validators can keep the record from being a row: `structuralReasons` has none. */
  readonly isSound: (batch: RecordBatch, offset: number) => boolean;
}

const LATIN1 = Array.from({ length: 256 }, (_, code) => (code === 0 ? null : String.fromCharCode(code)));

/** Compiles what a hand-written mapper needs of every record: the instance that it is handed. */
export function compileMaterialiser(model: MarketModel, binding: ModelBinding): CompiledMaterialiser {
  const { fields } = binding;
  const names = fields.map((_, index) => `n${index}`);
  const absents = fields.map((_, index) => `a${index}`);
  const values = fields.map(
    ({ field, wire }, index) => `r[n${index}] = ${wire === null ? `a${index}` : valueCode(field, wire)};`,
  );
  const doubts = fields.flatMap(({ field, wire }) => (wire === null ? [] : doubtCode(model, field, wire)));
  // the instance is made by a constructor of its own: that of the model is not to run
  return makeFunction<(...bound: unknown[]) => CompiledMaterialiser>(
    ['prototype', 'chars', 'textAt', 'isBadText', ...names, ...absents],
    `function Record() {}
    Record.prototype = prototype;
    return {
      instanceAt({ view, bytes }, o) { const r = new Record(); ${values.join('\n')} return r; },
      isSound({ view, bytes }, o) { return ${['true', ...doubts.map((doubt) => `!(${doubt})`)].join(' && ')}; },
    };`,
  )(
    model.cls.prototype,
    LATIN1,
    textAt,
    isBadText,
    ...fields.map(({ field }) => field.name),
    ...fields.map(({ field }) => asDeclared(field.absent, field.type)),
  );
}

function valueCode(field: ModelField, wire: WireField): string {
  const { kind } = WIRE_TYPES[field.type];
  if (kind === 'text') return `textAt({ offset: ${wire.offset}, size: ${wire.size} }, view, o)`;
  if (kind === 'char') return `chars[bytes[o + ${wire.offset}]]`;
  if (wire.size === 8) {
    const read = `view.${WIRE_TYPES[wire.type as 'u64'].signed ? 'getBigInt64' : 'getBigUint64'}(o + ${wire.offset}, true)`;
    return wire.undef === undefined ? read : `${read} === ${wire.undef}n ? null : ${read}`;
  }
  const value = kind === 'wide' ? `BigInt(${numberAt(wire)})` : numberAt(wire);
  return wire.undef === undefined ? value : `${numberAt(wire)} === ${wire.undef} ? null : ${value}`;
}

/** What of a field makes the record impossible as a row, as `structuralReasons` has it. */
function doubtCode(model: MarketModel, field: ModelField, wire: WireField): string[] {
  const { offset, size } = wire;
  const [low, high] = [`view.getUint32(o + ${offset}, true)`, `view.getUint32(o + ${offset + 4}, true)`];
  if (field.name === model.indexTimestamp) return [`${high} === 0xffffffff && ${low} === 0xffffffff`];
  if (field.type === 'cstr') return [`isBadText(bytes, o + ${offset}, ${size})`];
  if (field.type === 'u64' && !field.numericColumn && size === 8) return [`${high} > 0x7fffffff`];
  return [];
}
