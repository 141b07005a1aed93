import { expect } from 'chai';
import fc from 'fast-check';
import {
  DbnDecoder,
  decodeHeader,
  decodeStream,
  encodeDbn,
  encodeMetadata,
  encodeRecord,
  layoutNamed,
  newMetadata,
  readField,
  readTsOut,
  type DbnDecoderOptions,
  type Metadata,
  type RecordBatch,
  type RecordToEncode,
} from '../../../../../src/core/dbn/index.js';
import { fieldOf } from '../../../../../src/core/dbn/layout/field-of.js';
import { LARGEST_BATCH } from '../../../../../src/core/dbn/decode/record-scanner.js';
import { piecesOf } from '../../../../support/pieces.js';
import { rejected, thrown } from '../../../../support/thrown.js';

const METADATA = newMetadata({ dataset: 'GLBX.MDP3', schema: 'trades' });
const HEADER_SIZE = encodeMetadata(METADATA).length;
const TRADE_SIZE = 48;

const trade = (sequence: number): RecordToEncode => ({ layout: 'trade', values: { sequence } });
const trades = (count: number): RecordToEncode[] => Array.from({ length: count }, (_, index) => trade(index));
const quote = (sequence: number): RecordToEncode => ({ layout: 'mbp-1', values: { sequence } });
const mapping: RecordToEncode = { layout: 'symbol-mapping', values: { stype_in_symbol: 'ESH1' } };

/** A batch by what matters, copied out of the pushed bytes. */
interface Seen {
  readonly rtype: number;
  readonly layout: string | undefined;
  readonly ordinals: readonly number[];
  readonly records: readonly string[];
}

function seen(batch: RecordBatch): Seen {
  const offsets = Array.from(batch.offsets.subarray(0, batch.count));
  for (const offset of offsets) expect(batch.view.getUint8(offset + 1)).to.equal(batch.rtype);
  return {
    rtype: batch.rtype,
    layout: batch.layout?.name,
    ordinals: Array.from(batch.ordinals.subarray(0, batch.count), (ordinal) => batch.firstOrdinal + ordinal),
    records: offsets.map((at) => Buffer.from(batch.bytes.subarray(at, at + batch.bytes[at]! * 4)).toString('hex')),
  };
}

/** Pushes the bytes in pieces of the sizes given (the last one goes on) and ends the stream. */
function decodeAll(bytes: Uint8Array, sizes: readonly number[] = [bytes.length], options?: DbnDecoderOptions): Seen[] {
  const decoder = new DbnDecoder(options);
  const batches: Seen[] = [];
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const size = sizes[Math.min(piece, sizes.length - 1)]!;
    decoder.push(bytes.subarray(at, at + size));
    for (const batch of decoder.batches()) batches.push(seen(batch));
    at += size;
  }
  decoder.end();
  return batches;
}

/** All records in the order of their ordinals. */
function inOrder(batches: readonly Seen[]): string[] {
  const records: string[] = [];
  for (const { ordinals, records: some } of batches)
    ordinals.forEach((ordinal, index) => (records[ordinal] = some[index]!));
  return records;
}

describe('the decoder', () => {
  it('gives the records of one push as one batch that points into the pushed bytes', () => {
    const bytes = encodeDbn(METADATA, trades(1000));
    const decoder = new DbnDecoder();
    decoder.push(bytes);
    const [batch, ...others] = [...decoder.batches()];
    decoder.end();
    expect(others).to.deep.equal([]);
    expect(batch?.count).to.equal(1000);
    expect(batch?.bytes.buffer).to.equal(bytes.buffer);
    expect(batch?.layout).to.equal(layoutNamed('trade', 3));
    const sequence = fieldOf(batch!.layout!, 'sequence');
    expect(readField(sequence, batch!.view, batch!.offsets[999]!)).to.equal(999);
    expect(decoder.records).to.equal(1000);
    expect(decoder.bytesReceived).to.equal(bytes.length);
  });

  it('gives the header decoded and as it came', () => {
    const decoder = new DbnDecoder();
    const header = encodeMetadata(METADATA);
    decoder.push(header.subarray(0, 50));
    expect(decoder.started).to.equal(false);
    expect(decoder.metadata).to.equal(undefined);
    expect([...decoder.batches()]).to.deep.equal([]);
    decoder.push(header.subarray(50));
    expect(decoder.started).to.equal(true);
    expect(decoder.metadata).to.deep.equal(METADATA);
    expect(decoder.headerBytes).to.deep.equal(header);
    decoder.end();
  });

  it('takes a stream without records', () => {
    expect(decodeAll(encodeDbn(METADATA, []))).to.deep.equal([]);
  });

  it('gives more records than a batch may hold in several batches', () => {
    const one = encodeRecord(layoutNamed('ohlcv', 3)!, { rtype: 0x20 });
    const count = LARGEST_BATCH + 5;
    const bytes = new Uint8Array(HEADER_SIZE + count * one.length);
    bytes.set(encodeMetadata(METADATA));
    for (let index = 0; index < count; index++) bytes.set(one, HEADER_SIZE + index * one.length);
    const decoder = new DbnDecoder();
    decoder.push(bytes);
    const batches = [...decoder.batches()];
    expect(batches.map(({ count: size, firstOrdinal }) => [size, firstOrdinal])).to.deep.equal([
      [LARGEST_BATCH, 0],
      [5, LARGEST_BATCH],
    ]);
  });

  it('groups mixed kinds by rtype and keeps their ordinals', () => {
    const batches = decodeAll(encodeDbn(METADATA, [trade(0), trade(1), quote(2), trade(3), quote(4), quote(5)]));
    expect(batches.map(({ layout, ordinals }) => [layout, ordinals])).to.deep.equal([
      ['trade', [0, 1, 3]],
      ['mbp-1', [2, 4, 5]],
    ]);
  });

  it('grows a group that begins small', () => {
    const many = Array.from({ length: 500 }, (_, index) => (index % 2 === 0 ? trade(index) : quote(index)));
    const [first, second] = decodeAll(encodeDbn(METADATA, many));
    expect(first?.ordinals).to.have.length(250);
    expect(second?.ordinals.slice(-2)).to.deep.equal([497, 499]);
  });

  it('lets no record overtake a symbol mapping', () => {
    const batches = decodeAll(encodeDbn(METADATA, [trade(0), mapping, mapping, trade(3), quote(4), mapping, trade(6)]));
    expect(batches.map(({ layout, ordinals }) => [layout, ordinals])).to.deep.equal([
      ['trade', [0]],
      ['symbol-mapping', [1, 2]],
      ['trade', [3]],
      ['mbp-1', [4]],
      ['symbol-mapping', [5]],
      ['trade', [6]],
    ]);
  });

  it('counts records of an unknown rtype without a layout', () => {
    const bytes = encodeDbn(METADATA, [trade(0), trade(1), trade(2)]);
    bytes[HEADER_SIZE + TRADE_SIZE + 1] = 0x7f;
    const batches = decodeAll(bytes);
    expect(batches.map(({ rtype, layout, ordinals }) => [rtype, layout, ordinals])).to.deep.equal([
      [0, 'trade', [0, 2]],
      [0x7f, undefined, [1]],
    ]);
  });

  it('takes records that are longer than their struct', () => {
    const long = new Uint8Array(64);
    long.set(encodeRecord(layoutNamed('trade', 3)!, { sequence: 7 }));
    long[0] = 16;
    const bytes = Buffer.concat([encodeDbn(METADATA, [trade(0)]), long, encodeRecord(layoutNamed('trade', 3)!, {})]);
    const batches = decodeAll(bytes);
    expect(batches.map(({ ordinals }) => ordinals)).to.deep.equal([[0, 1, 2]]);
    expect(batches[0]?.records[1]).to.have.length(128);
  });

  it('finds the send time of a ts_out stream behind each record', () => {
    const decoder = new DbnDecoder();
    const records = [5n, undefined].map((tsOut) => ({ ...trade(1), ...(tsOut === undefined ? {} : { tsOut }) }));
    decoder.push(encodeDbn({ ...METADATA, tsOut: true }, records));
    const [batch] = [...decoder.batches()];
    expect(batch?.tsOut).to.equal(true);
    expect(readTsOut(batch!.view, batch!.offsets[0]!)).to.equal(5n);
    expect(readTsOut(batch!.view, batch!.offsets[1]!)).to.equal(18446744073709551615n);
  });

  it('reads a fragment as it is declared', () => {
    const layout = layoutNamed('definition', 1)!;
    const fragment = encodeRecord(layout, { raw_symbol: 'ESH1' }, { tsOut: 9n });
    const [batch] = decodeAll(fragment, [5], { fragment: { version: 1, tsOut: true } });
    expect(batch?.layout).to.equal('definition');
  });

  it('reads a stream with a header by its header, whatever is declared', () => {
    const old: Metadata = newMetadata({ dataset: 'XNAS.ITCH', schema: 'definition', version: 1 });
    const bytes = encodeDbn(old, [{ layout: 'definition', values: {} }]);
    expect(decodeAll(bytes, [bytes.length], { fragment: { version: 3 } })).to.have.length(1);
  });

  it('finds the same records whatever the pieces', () => {
    const kind = fc.constantFrom(trade(1), quote(2), mapping, { layout: 'mbp-10', values: { flags: 3 } });
    fc.assert(
      fc.property(
        fc.array(kind, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom<1 | 2 | 3>(1, 2, 3),
        fc.boolean(),
        (records, sizes, version, tsOut) => {
          const metadata = newMetadata({ dataset: 'X', schema: null, version, tsOut, symbols: ['A'] });
          const bytes = encodeDbn(metadata, records);
          const whole = decodeAll(bytes);
          expect(inOrder(decodeAll(bytes, sizes))).to.deep.equal(inOrder(whole));
          expect(inOrder(whole).join('')).to.equal(
            Buffer.from(bytes.subarray(encodeMetadata(metadata).length)).toString('hex'),
          );
        },
      ),
    );
  });

  it('does not keep the bytes of a header that is pushed piece by piece', () => {
    const symbols = Array.from({ length: 300 }, (_, index) => `S${index}`);
    const bytes = encodeDbn({ ...METADATA, symbols }, [trade(0)]);
    const decoder = new DbnDecoder();
    const piece = new Uint8Array(1);
    let records = 0;
    for (const byte of bytes) {
      piece[0] = byte;
      decoder.push(piece);
      for (const batch of decoder.batches()) records += batch.count;
    }
    decoder.end();
    expect(decoder.metadata?.symbols).to.deep.equal(symbols);
    expect(records).to.equal(1);
  });

  describe('reports', () => {
    const good = encodeDbn(METADATA, trades(3));
    const third = HEADER_SIZE + 2 * TRADE_SIZE;
    const changed = (at: number, value: number): Uint8Array => {
      const bytes = good.slice();
      bytes[at] = value;
      return bytes;
    };

    const CASES: readonly [name: string, bytes: Uint8Array, code: string, context: object, message: string][] = [
      [
        'empty-stream',
        new Uint8Array(0),
        'EMPTY_STREAM',
        { byte: 0 },
        'the input is empty: it has neither a DBN header nor records',
      ],
      [
        'truncated-last-record',
        good.subarray(0, good.length - 1),
        'DECODE_TRUNCATED',
        { byte: third, ordinal: 2, part: 'record' },
        `record 2 at byte ${third} is cut: 47 of its 48 bytes are there`,
      ],
      [
        'one-byte-too-many',
        Buffer.concat([good, Uint8Array.of(12)]),
        'DECODE_TRUNCATED',
        { byte: good.length, ordinal: 3, part: 'record' },
        `record 3 at byte ${good.length} is cut: 1 of its 48 bytes are there`,
      ],
      [
        'truncated-header',
        good.subarray(0, 100),
        'DECODE_TRUNCATED',
        { byte: 100, ordinal: 0, part: 'header' },
        'the DBN header is cut: it ends at byte 100',
      ],
      [
        'truncated-magic',
        good.subarray(0, 2),
        'DECODE_TRUNCATED',
        { byte: 2, ordinal: 0, part: 'header' },
        'the DBN header is cut: it ends at byte 2',
      ],
      [
        'length-byte-zero',
        changed(third, 0),
        'RECORD_LENGTH_INVALID',
        { byte: third, ordinal: 2 },
        `record 2 at byte ${third} has length 0, shorter than its header (16)`,
      ],
      [
        'length-byte-three',
        changed(HEADER_SIZE, 3),
        'RECORD_LENGTH_INVALID',
        { byte: HEADER_SIZE, ordinal: 0 },
        `record 0 at byte ${HEADER_SIZE} has length 12, shorter than its header (16)`,
      ],
      [
        'record-shorter-than-its-struct',
        changed(third, 10),
        'RECORD_TOO_SHORT',
        { byte: third, ordinal: 2 },
        `record 2 at byte ${third} has length 40, shorter than "trade" in version 3 (48)`,
      ],
      [
        'text-file',
        Buffer.from('ts_event,price\n1,2\n'),
        'NOT_DBN',
        { byte: 0, found: '74 73 5f 65' },
        '"74 73 5f 65"',
      ],
      ['three-letters', Buffer.from('abc'), 'NOT_DBN', { byte: 0, found: '61 62 63' }, '"61 62 63"'],
      ['version-four', changed(3, 4), 'DBN_VERSION', { byte: 3, version: 4 }, 'DBN version 4 cannot be read'],
      ['length-four-gib', changed(7, 0xff), 'METADATA_INVALID', { byte: 4 }, 'the largest accepted is'],
      [
        'legacy-dbz',
        Buffer.from('512a4d182000000044425a0100', 'hex'),
        'DBN_LEGACY',
        { byte: 0 },
        'the input is a legacy DBZ file, the predecessor of DBN, which cannot be read',
      ],
    ];
    for (const [name, bytes, code, context, message] of CASES) {
      for (const size of [1, 7, bytes.length]) {
        it(`${name} as ${code}, in pieces of ${size}`, () => {
          const error = thrown(() => decodeAll(bytes, [Math.max(1, size)]));
          expect(error.code).to.equal(code);
          expect(error.message).to.include(message);
          expect(error.context).to.include(context);
          expect(error.hint).to.match(/^[A-Z].*\.$/);
        });
      }
    }

    it('a record that is too short only after the good ones before it', () => {
      const decoder = new DbnDecoder();
      decoder.push(changed(third, 4));
      const batches = decoder.batches();
      expect((batches.next().value as RecordBatch).count).to.equal(2);
      expect(thrown(() => batches.next()).code).to.equal('RECORD_TOO_SHORT');
    });

    it('a bad record behind mixed kinds after all of them', () => {
      const bytes = encodeDbn(METADATA, [trade(0), quote(1), trade(2)]);
      bytes[bytes.length - TRADE_SIZE] = 2;
      const decoder = new DbnDecoder();
      decoder.push(bytes);
      const batches = decoder.batches();
      const counts = [batches.next(), batches.next()].map(({ value }) => (value as RecordBatch).count);
      expect(counts).to.deep.equal([1, 1]);
      expect(thrown(() => batches.next()).code).to.equal('RECORD_LENGTH_INVALID');
    });

    it('a record without the trailer that the header promises', () => {
      const bytes = Buffer.concat([
        encodeMetadata({ ...METADATA, tsOut: true }),
        encodeRecord(layoutNamed('trade', 3)!, {}),
      ]);
      const error = thrown(() => decodeAll(bytes));
      expect(error.code).to.equal('RECORD_TOO_SHORT');
      expect(error.message).to.include('shorter than "trade" in version 3 with ts_out (56)');
    });

    it('a definition of an older version than declared', () => {
      const fragment = encodeRecord(layoutNamed('definition', 1)!, {});
      const error = thrown(() => decodeAll(fragment, [fragment.length], { fragment: { version: 2 } }));
      expect(error.message).to.equal('record 0 at byte 0 has length 360, shorter than "definition" in version 2 (400)');
    });

    it('a fragment that is cut before it can be told from a header', () => {
      const error = thrown(() => decodeAll(Uint8Array.of(12, 0, 1), [3], { fragment: { version: 3 } }));
      expect(error.code).to.equal('DECODE_TRUNCATED');
      expect(error.context).to.include({ byte: 0, part: 'record' });
    });

    it('misuse: more bytes before the batches have been taken', () => {
      const decoder = new DbnDecoder();
      decoder.push(good);
      expect(thrown(() => decoder.push(good)).code).to.equal('INVARIANT');
      expect(thrown(() => decoder.end()).code).to.equal('INVARIANT');
    });
  });
});

describe('decoding an asynchronous stream', () => {
  const bytes = encodeDbn(METADATA, trades(10));

  it('gives the batches and then the metadata at the latest', async () => {
    const decoder = new DbnDecoder();
    let count = 0;
    for await (const batch of decodeStream(piecesOf(bytes, 100), decoder)) count += batch.count;
    expect(count).to.equal(10);
    expect(decoder.metadata).to.deep.equal(METADATA);
  });

  it('reports a cut stream', async () => {
    const cut = decodeStream(piecesOf(bytes.subarray(0, bytes.length - 8)), new DbnDecoder());
    const error = await rejected(
      (async () => {
        for await (const batch of cut) expect(batch.count).to.equal(9);
      })(),
    );
    expect(error.code).to.equal('DECODE_TRUNCATED');
  });

  it('reads no more than the header when only that is asked for, and closes the source', async () => {
    let closed = false;
    async function* source() {
      try {
        yield* piecesOf(bytes.subarray(0, HEADER_SIZE), 60);
        throw new Error('read too far');
      } finally {
        closed = true;
      }
    }
    const { metadata, headerBytes } = await decodeHeader(source());
    expect(metadata).to.deep.equal(METADATA);
    expect(headerBytes).to.deep.equal(bytes.slice(0, HEADER_SIZE));
    expect(closed).to.equal(true);
  });

  it('reports a stream that ends inside its header', async () => {
    expect((await rejected(decodeHeader(piecesOf(bytes.subarray(0, 90))))).code).to.equal('DECODE_TRUNCATED');
  });
});
