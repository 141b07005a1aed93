import type { PgType } from '../model/pg-type.js';
import { formatNanos } from '../text/format-nanos.js';
import { PG_EPOCH_MICROS } from '../compile/row-encoder.js';

const utf8 = new TextDecoder();

/** The content of a cell of a binary COPY, as a person reads it; `null` for NULL. */
export function cellText(type: PgType, cell: Uint8Array | null): string | null {
  if (cell === null) return null;
  const view = new DataView(cell.buffer, cell.byteOffset, cell.byteLength);
  switch (type) {
    case 'smallint':
      return String(view.getInt16(0));
    case 'integer':
      return String(view.getInt32(0));
    case 'bigint':
      return String(view.getBigInt64(0));
    case 'numeric':
      return numericText(view);
    case 'timestamptz':
      return timeText(view.getBigInt64(0) + PG_EPOCH_MICROS);
    case '"char"':
    case 'text':
      return utf8.decode(cell);
  }
}

/** 10000-01-01T00:00:00Z in microseconds: from there on years have more digits than ISO 8601 gives them. */
const LAST_YEAR_END = 253_402_300_800_000_000n;

function timeText(micros: bigint): string {
  if (micros >= LAST_YEAR_END || micros < 0n) return `${micros} microseconds since 1970`;
  return formatNanos(micros * 1000n).replace(/\d{3}Z$/, 'Z');
}

/** Base-10000 digits, the weight of the first, a sign, the decimals shown. */
function numericText(view: DataView): string {
  const count = view.getInt16(0);
  const weight = view.getInt16(2);
  const decimals = view.getUint16(6);
  const digit = (position: number): string =>
    String(position >= 0 && position < count ? view.getInt16(8 + position * 2) : 0).padStart(4, '0');
  let whole = '';
  for (let position = 0; position <= weight; position++) whole += digit(position);
  let fraction = '';
  for (let position = weight + 1; fraction.length < decimals; position++) fraction += digit(position);
  const sign = view.getUint16(4) === 0x4000 ? '-' : '';
  const shown = whole.replace(/^0+(?=\d)/, '') || '0';
  return `${sign}${shown}${decimals === 0 ? '' : `.${fraction.slice(0, decimals)}`}`;
}
