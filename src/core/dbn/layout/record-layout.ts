/** The DBN versions this codec reads and writes. */
export type DbnVersion = 1 | 2 | 3;

/**
 * How the bytes of a wire field are read. All integers are little-endian.
 *
 * - `price`: i64 in units of 1e-9
 * - `timestamp`: u64, nanoseconds since 1970-01-01T00:00:00Z
 * - `char`: one byte, kept as it is
 * - `cstr`: text up to the first NUL in a field of `size` bytes
 * - `bytes`: reserved; never printed and never a column
 */
export type WireType =
  'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64' | 'price' | 'timestamp' | 'char' | 'cstr' | 'bytes';

/** One field of a record, in struct order. */
export interface WireField {
  /** The vendor's name, e.g. `ts_recv`, `bid_px_00`. Reserved fields start with `_`. */
  readonly name: string;
  readonly type: WireType;
  /** Bytes from the start of the record (its header included). */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  /** The number that means "not set" for this very field, where the format has one. */
  readonly undef?: bigint;
  /** What a new record has here when no value is given and there is no `undef`; else zero or empty. */
  readonly initial?: string | number;
}

/** The layout of one record type in one or more DBN versions. */
export interface RecordLayout {
  /** The struct's name: `trade`, `mbp-1`, `definition` … */
  readonly name: string;
  /** All rtypes that use this struct, e.g. the five bar lengths. */
  readonly rtypes: readonly number[];
  /** The versions in which the struct looks like this. */
  readonly versions: readonly DbnVersion[];
  /** Bytes, the 16-byte header included, a ts_out trailer not. */
  readonly size: number;
  /** Header first, then the body, without gaps: every byte belongs to a field. */
  readonly fields: readonly WireField[];
  /** The field that sorts, filters and maps the record: `ts_recv` where it has one, else `ts_event`. */
  readonly indexTimestamp: 'ts_recv' | 'ts_event';
  /** The names of the printed fields in the order of the vendor's own csv and json output. */
  readonly textOrder: readonly string[];
  /** Records that steer the stream (symbol mapping, error, system); they are never rows. */
  readonly control: boolean;
}
