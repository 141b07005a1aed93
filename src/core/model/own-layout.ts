import { RECORD_HEADER_SIZE, UNDEF_PRICE, UNDEF_TIMESTAMP } from '../dbn/constants.js';
import type { DbnVersion, RecordLayout, WireField } from '../dbn/layout/record-layout.js';
import type { DeclaredField } from './declaration.js';

const VERSIONS: readonly DbnVersion[] = [1, 2, 3];
/** Every record size of the format is a multiple of this, so that records in a version 3 file stay aligned. */
const ALIGNMENT = 8;

/** The most bytes that the length byte of a record can state, less a ts_out trailer. */
export const OWN_LAYOUT_MAX_SIZE = 255 * 4 - 8;

const HEADER: readonly WireField[] = [
  { name: 'length', type: 'u8', offset: 0, size: 1 },
  { name: 'rtype', type: 'u8', offset: 1, size: 1 },
  { name: 'publisher_id', type: 'u16', offset: 2, size: 2 },
  { name: 'instrument_id', type: 'u32', offset: 4, size: 4 },
  { name: 'ts_event', type: 'timestamp', offset: 8, size: 8, undef: UNDEF_TIMESTAMP },
];
const HEADER_NAMES = new Set(HEADER.map((field) => field.name));

/** Lays a model's own fields out behind the header, in declaration order, the same in every version. */
export function ownLayout(name: string, declared: readonly DeclaredField[], indexTimestamp: string): RecordLayout {
  const body = declared.filter((field) => !HEADER_NAMES.has(field.wire));
  let offset = RECORD_HEADER_SIZE;
  const fields: WireField[] = [...HEADER];
  for (const field of body) {
    const undef = field.undef ?? undefOf(field);
    fields.push({ name: field.wire, type: field.type, offset, size: field.size, ...(undef === null ? {} : { undef }) });
    offset += field.size;
  }
  const padding = (ALIGNMENT - (offset % ALIGNMENT)) % ALIGNMENT;
  if (padding > 0) fields.push({ name: '_reserved', type: 'bytes', offset, size: padding });
  const size = offset + padding;
  const first = body.some((field) => field.wire === 'ts_recv') ? ['ts_recv'] : [];
  const printed = body.map((field) => field.wire).filter((wire) => wire !== 'ts_recv');
  return {
    name,
    rtypes: [],
    versions: VERSIONS,
    size,
    fields,
    indexTimestamp: indexTimestamp === 'ts_recv' ? 'ts_recv' : 'ts_event',
    textOrder: [...first, 'ts_event', 'rtype', 'publisher_id', 'instrument_id', ...printed],
    control: false,
  };
}

function undefOf(field: DeclaredField): bigint | null {
  if (field.type === 'price') return UNDEF_PRICE;
  return field.type === 'timestamp' ? UNDEF_TIMESTAMP : null;
}
