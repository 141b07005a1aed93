import { expect } from 'chai';
import {
  DbnDecoder,
  encodeDbn,
  layoutNamed,
  LineWriter,
  newMetadata,
  UNDEF_PRICE,
  UNDEF_TIMESTAMP,
  type DbnVersion,
  type LineWriterOptions,
  type RecordBatch,
  type RecordInput,
  type TextFormat,
} from '../../../../../src/core/dbn/index.js';
import { thrown } from '../../../../support/thrown.js';

const PRETTY = { prettyPx: true, prettyTs: true };
const SIDE_OFFSET = 29;

function batchOf(
  layout: string,
  records: readonly RecordInput[],
  { version = 3, tsOut }: { version?: DbnVersion; tsOut?: bigint } = {},
): RecordBatch {
  const metadata = newMetadata({ dataset: 'X', schema: null, version, tsOut: tsOut !== undefined });
  const decoder = new DbnDecoder();
  decoder.push(
    encodeDbn(
      metadata,
      records.map((values) => ({ layout, values, ...(tsOut === undefined ? {} : { tsOut }) })),
    ),
  );
  const [batch] = [...decoder.batches()];
  return batch!;
}

function lines(batch: RecordBatch, format: TextFormat, options: LineWriterOptions = {}): string[] {
  const writer = new LineWriter(batch.layout!, format, options);
  return (writer.header + writer.text(batch)).trimEnd().split('\n');
}

const TRADE: RecordInput = {
  publisher_id: 1,
  instrument_id: 5482,
  ts_event: 1609160400000429831n,
  ts_recv: 1609160400000704060n,
  price: 3720250000000n,
  size: 2,
  action: 'T',
  side: 'B',
  flags: 130,
  ts_in_delta: -22993,
  sequence: 1170352,
};

describe('csv lines', () => {
  it('print a header and the raw values', () => {
    expect(lines(batchOf('trade', [TRADE]), 'csv')).to.deep.equal([
      'ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence',
      '1609160400000704060,1609160400000429831,0,1,5482,T,B,0,3720250000000,2,130,-22993,1170352',
    ]);
  });

  it('print prices and times for people, and a symbol last', () => {
    expect(lines(batchOf('trade', [TRADE]), 'csv', { ...PRETTY, symbolOf: () => 'ESH1' })).to.deep.equal([
      'ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence,symbol',
      '2020-12-28T13:00:00.000704060Z,2020-12-28T13:00:00.000429831Z,0,1,5482,T,B,0,3720.250000000,2,130,-22993,1170352,ESH1',
    ]);
  });

  it('print sentinels as they are, but for prices and times in the pretty form', () => {
    const batch = batchOf('mbo', [{}]);
    expect(lines(batch, 'csv')[1]).to.equal(
      `${UNDEF_TIMESTAMP},${UNDEF_TIMESTAMP},160,0,0,,N,${UNDEF_PRICE},4294967295,255,0,0,0,0`,
    );
    expect(lines(batch, 'csv', PRETTY)[1]).to.equal(',,160,0,0,,N,,4294967295,255,0,0,0,0');
  });

  it('take 0 for no time in the pretty form only', () => {
    const batch = batchOf('trade', [{ ...TRADE, ts_event: 0n }]);
    expect(lines(batch, 'csv')[1]).to.include('1609160400000704060,0,0,');
    expect(lines(batch, 'csv', PRETTY)[1]).to.include('2020-12-28T13:00:00.000704060Z,,0,');
  });

  it('put the send time behind the record and before the symbol', () => {
    const batch = batchOf('trade', [TRADE], { tsOut: 1609160400000999999n });
    const [header, line] = lines(batch, 'csv', { tsOut: true, prettyTs: true, symbolOf: () => null });
    expect(header).to.match(/,sequence,ts_out,symbol$/);
    expect(line).to.match(/,1170352,2020-12-28T13:00:00.000999999Z,$/);
  });

  it('quote text only where it is needed', () => {
    const values = { group: 'A,B', asset: 'E"S', exchange: 'XCME', cfi: 'a\nb', underlying: "it's\\" };
    const text = new LineWriter(layoutNamed('definition', 3)!, 'csv').text(batchOf('definition', [values]));
    expect(text).to.include(`,"A,B",XCME,"E""S","a\nb",,,it's\\,`);
  });

  it('quote a symbol that has a comma', () => {
    expect(lines(batchOf('trade', [TRADE]), 'csv', { symbolOf: () => 'A,B' })[1]).to.match(/,1170352,"A,B"$/);
  });

  it('print the symbol of each record', () => {
    const batch = batchOf('trade', [TRADE, { ...TRADE, instrument_id: 7 }, TRADE]);
    const symbolOf = (of: RecordBatch, index: number) =>
      of.view.getUint32(of.offsets[index]! + 4, true) === 7 ? undefined : 'ESH1';
    const symbols = lines(batch, 'csv', { symbolOf }).map((line) => line.split(',').at(-1));
    expect(symbols).to.deep.equal(['symbol', 'ESH1', '', 'ESH1']);
  });

  it('print part of a batch', () => {
    const batch = batchOf(
      'trade',
      [0, 1, 2, 3].map((sequence) => ({ sequence })),
    );
    const text = new LineWriter(batch.layout!, 'csv').text(batch, 1, 3);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',').at(-1)),
    ).to.deep.equal(['1', '2']);
  });
});

describe('json lines', () => {
  it('nest the header, and put 64-bit numbers into strings', () => {
    expect(lines(batchOf('trade', [TRADE]), 'jsonl')).to.deep.equal([
      '{"ts_recv":"1609160400000704060","hd":{"ts_event":"1609160400000429831","rtype":0,"publisher_id":1,"instrument_id":5482},"action":"T","side":"B","depth":0,"price":"3720250000000","size":2,"flags":130,"ts_in_delta":-22993,"sequence":1170352}',
    ]);
  });

  it('begin with the header where a record has no ts_recv', () => {
    const bar = { rtype: 0x20, open: 1n, high: 2n, low: -3n, close: 4n, volume: 5n, ts_event: 6n };
    expect(lines(batchOf('ohlcv', [bar]), 'jsonl', { prettyPx: true })).to.deep.equal([
      '{"hd":{"ts_event":"6","rtype":32,"publisher_id":0,"instrument_id":0},"open":"0.000000001","high":"0.000000002","low":"-0.000000003","close":"0.000000004","volume":"5"}',
    ]);
  });

  it('put the levels of a book into a list, without numbers in their names', () => {
    const quote = {
      ts_recv: 1n,
      ts_event: 2n,
      price: 3n,
      size: 4,
      bid_px_00: 5n,
      ask_sz_00: 6,
      ask_pb_00: 7,
      rtype: 0xb1,
    };
    expect(lines(batchOf('cmbp-1', [quote]), 'jsonl', PRETTY)).to.deep.equal([
      '{"ts_recv":"1970-01-01T00:00:00.000000001Z","hd":{"ts_event":"1970-01-01T00:00:00.000000002Z","rtype":177,"publisher_id":0,"instrument_id":0},"action":null,"side":"N","price":"0.000000003","size":4,"flags":0,"ts_in_delta":0,"levels":[{"bid_px":"0.000000005","ask_px":null,"bid_sz":0,"ask_sz":6,"bid_pb":0,"ask_pb":7}]}',
    ]);
  });

  it('list all ten levels of mbp-10', () => {
    const [line] = lines(batchOf('mbp-10', [{ bid_ct_09: 9 }]), 'jsonl');
    const { levels } = JSON.parse(line!) as { levels: object[] };
    expect(levels).to.have.length(10);
    expect(levels[9]).to.include({ bid_ct: 9 });
  });

  it('print the quantity of a statistic as its version has it', () => {
    const quantityOf = (version: DbnVersion): unknown =>
      (JSON.parse(lines(batchOf('statistics', [{ quantity: 5 }], { version }), 'jsonl')[0]!) as { quantity: unknown })
        .quantity;
    expect([quantityOf(1), quantityOf(2), quantityOf(3)]).to.deep.equal([5, 5, '5']);
  });

  it('print null for what is undefined in the pretty form, and for a symbol that is not known', () => {
    const [line] = lines(batchOf('trade', [{}], { tsOut: UNDEF_TIMESTAMP }), 'jsonl', {
      ...PRETTY,
      tsOut: true,
      symbolOf: () => null,
    });
    expect(line).to.include('{"ts_recv":null,"hd":{"ts_event":null,').and.to.include('"price":null');
    expect(line).to.match(/"sequence":0,"ts_out":null,"symbol":null}$/);
  });

  it('escape text', () => {
    const [line] = lines(batchOf('system', [{ msg: 'a"b\\c\nd é' }]), 'jsonl');
    expect((JSON.parse(line!) as { msg: string }).msg).to.equal('a"b\\c\nd é');
  });

  it('escape a symbol', () => {
    const [line] = lines(batchOf('trade', [TRADE]), 'jsonl', { symbolOf: () => 'A"B' });
    expect((JSON.parse(line!) as { symbol: string }).symbol).to.equal('A"B');
  });
});

describe('char fields', () => {
  const CASES: readonly [byte: number, csv: string, json: string][] = [
    [0x00, '', 'null'],
    [0x41, 'A', '"A"'],
    [0x20, ' ', '" "'],
    [0x7e, '~', '"~"'],
    [0x2c, '","', '","'],
    [0x09, '\\t', '"\\t"'],
    [0x0a, '\\n', '"\\n"'],
    [0x0d, '\\r', '"\\r"'],
    [0x22, '"\\"""', '"\\""'],
    [0x27, "\\'", '"\'"'],
    [0x5c, '\\\\', '"\\\\"'],
    [0x01, '\\x01', '"\\u0001"'],
    [0x7f, '\\x7f', '"\\u007f"'],
    [0xff, '\\xff', '"\\u00ff"'],
  ];
  for (const [byte, csv, json] of CASES) {
    it(`print the byte 0x${byte.toString(16).padStart(2, '0')} as ${csv === '' ? 'nothing' : csv} and ${json}`, () => {
      const batch = batchOf('trade', [{ ...TRADE, action: '' }]);
      batch.bytes[batch.offsets[0]! + SIDE_OFFSET] = byte;
      expect(lines(batch, 'csv')[1]).to.include(`5482,,${csv},0,3720250000000`);
      expect(lines(batch, 'jsonl')[0]).to.include(`"action":null,"side":${json},"depth"`);
    });
  }

  it('are valid json whatever the byte', () => {
    const batch = batchOf('trade', [TRADE]);
    const writer = new LineWriter(batch.layout!, 'jsonl');
    for (let byte = 1; byte < 256; byte++) {
      batch.bytes[batch.offsets[0]! + SIDE_OFFSET] = byte;
      expect((JSON.parse(writer.text(batch)) as { side: string }).side).to.equal(String.fromCharCode(byte));
    }
  });
});

describe('text fields', () => {
  const MSG_OFFSET = 16;
  const MSG_SIZE = 64;
  const printed = (fill: (msg: Uint8Array) => void): [csv: string | undefined, json: string | undefined] => {
    const batch = batchOf('system', [{}], { version: 1 });
    const at = batch.offsets[0]! + MSG_OFFSET;
    fill(batch.bytes.subarray(at, at + MSG_SIZE));
    return [lines(batch, 'csv')[1]?.split(',').at(-1), /"msg":(.*)}$/.exec(lines(batch, 'jsonl')[0]!)?.[1]];
  };

  it('end at the first NUL', () => {
    expect(printed((msg) => msg.set(Buffer.from('Heart\0beat')))).to.deep.equal(['Heart', '"Heart"']);
  });

  it('print empty when they have no NUL', () => {
    expect(printed((msg) => msg.fill(0x41))).to.deep.equal(['', '""']);
  });

  it('print empty when they are not UTF-8', () => {
    expect(printed((msg) => msg.set([0x41, 0xff, 0x42]))).to.deep.equal(['', '""']);
  });

  it('print letters beyond ASCII', () => {
    expect(printed((msg) => msg.set(Buffer.from('Zürich')))).to.deep.equal(['Zürich', '"Zürich"']);
  });
});

describe('the line writer', () => {
  it('has no header in json', () => {
    expect(new LineWriter(layoutNamed('trade', 3)!, 'jsonl').header).to.equal('');
  });

  it('refuses a batch of another layout', () => {
    const error = thrown(() => new LineWriter(layoutNamed('mbo', 3)!, 'csv').encode(batchOf('trade', [TRADE])));
    expect(error.code).to.equal('INVARIANT');
    expect(error.message).to.equal('a batch of "trade" was given to a writer of "mbo" lines');
  });

  it('names an unknown kind by its rtype', () => {
    const batch = { ...batchOf('trade', [TRADE]), layout: undefined, rtype: 0x7f };
    expect(thrown(() => new LineWriter(layoutNamed('mbo', 3)!, 'csv').encode(batch)).message).to.include('"rtype 127"');
  });

  it('grows with lines that are longer than expected', () => {
    const batch = batchOf('trade', [TRADE]);
    const symbol = 'S'.repeat(200_000);
    expect(lines(batch, 'csv', { symbolOf: () => symbol })[1]).to.match(/,S{200000}$/);
  });
});
