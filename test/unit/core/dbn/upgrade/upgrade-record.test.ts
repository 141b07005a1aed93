import { expect } from 'chai';
import {
  encodeRecord,
  layoutNamed,
  newMetadata,
  readRecord,
  readTsOut,
  upgradeMetadata,
  upgradeRecord,
  type DbnVersion,
  type RecordInput,
  type RecordValue,
} from '../../../../../src/core/dbn/index.js';
import { thrown } from '../../../../support/thrown.js';

function upgraded(name: string, values: RecordInput, from: DbnVersion, to: DbnVersion): Record<string, RecordValue> {
  const bytes = upgradeRecord(encodeRecord(layoutNamed(name, from)!, values), from, to, false);
  expect(bytes).to.have.length(layoutNamed(name, to)!.size);
  return readRecord(layoutNamed(name, to)!, new DataView(bytes.buffer), 0);
}

describe('upgrading records', () => {
  it('keeps the header and gives a new length', () => {
    const values = { publisher_id: 1, instrument_id: 5482, ts_event: 7n };
    expect(upgraded('definition', values, 1, 3)).to.include({ ...values, rtype: 0x13, length: 130 });
  });

  it('widens the symbol of a definition from 1 to 2 and keeps the rest', () => {
    const values = {
      raw_symbol: 'ESH1',
      strike_price: 5n,
      raw_instrument_id: 9,
      trading_reference_date: 3,
      _reserved2: 'ffffff7f',
    };
    expect(upgraded('definition', values, 1, 2)).to.include({
      raw_symbol: 'ESH1',
      strike_price: 5n,
      raw_instrument_id: 9,
      trading_reference_date: 3,
      _reserved: '00'.repeat(10),
    });
  });

  for (const from of [1, 2] as const) {
    it(`gives a definition of version ${from} the fields of version 3`, () => {
      const values = { raw_instrument_id: 4294967295, asset: 'ES', settl_price_type: 4 };
      const definition = upgraded('definition', values, from, 3);
      expect(definition).to.include({
        raw_instrument_id: 4294967295n,
        asset: 'ES',
        leg_price: 9223372036854775807n,
        leg_delta: 9223372036854775807n,
        leg_side: 'N',
        leg_count: 0,
        leg_raw_symbol: '',
        leg_instrument_class: '',
      });
      expect(definition).to.not.have.property('settl_price_type');
    });

    it(`widens the quantity of a statistic of version ${from}`, () => {
      expect(upgraded('statistics', { quantity: -7, sequence: 3 }, from, 3)).to.include({ quantity: -7n, sequence: 3 });
      expect(upgraded('statistics', { quantity: 2147483647 }, from, 3)).to.include({ quantity: 9223372036854775807n });
    });
  }

  it('leaves the symbologies of an old symbol mapping open', () => {
    const values = { stype_in_symbol: 'ES.c.0', stype_out_symbol: 'ESH1', start_ts: 1n, end_ts: 2n };
    expect(upgraded('symbol-mapping', values, 1, 2)).to.include({ ...values, stype_in: 255, stype_out: 255 });
  });

  const ERRORS: readonly [text: string, code: number][] = [
    ['User or API key deactivated', 2],
    ['User has reached their open connection limit', 3],
    ['Failed to resolve symbol ESX', 4],
    ['Internal error', 6],
    ['Internal error, again', 255],
    ['Slow client detected for 5 s', 7],
    ['Something else', 255],
  ];
  for (const [err, code] of ERRORS) {
    it(`gives the error "${err}" the code ${code}`, () => {
      expect(upgraded('error', { err }, 1, 3)).to.include({ err, code, is_last: 255 });
    });
  }

  const MESSAGES: readonly [text: string, code: number][] = [
    ['Heartbeat', 0],
    ['End of interval for ohlcv-1m', 4],
    ['Subscription request 1 for trades data succeeded', 1],
    ['Subscription request 1 failed', 255],
    ['Warning: slow reading, 3 s behind', 2],
    ['Finished trades replay', 3],
    ['Finished trades', 255],
  ];
  for (const [msg, code] of MESSAGES) {
    it(`gives the message "${msg}" the code ${code}`, () => {
      expect(upgraded('system', { msg }, 1, 2)).to.include({ msg, code });
    });
  }

  it('carries the send time of a ts_out stream over', () => {
    const old = encodeRecord(layoutNamed('statistics', 2)!, {}, { tsOut: 77n });
    const bytes = upgradeRecord(old, 2, 3, true);
    expect(bytes).to.have.length(88);
    expect(readTsOut(new DataView(bytes.buffer), 0)).to.equal(77n);
  });

  it('gives records that never changed back as they are', () => {
    const trade = encodeRecord(layoutNamed('trade', 1)!, {});
    expect(upgradeRecord(trade, 1, 3, false)).to.equal(trade);
    const mapping = encodeRecord(layoutNamed('symbol-mapping', 2)!, {});
    expect(upgradeRecord(mapping, 2, 3, false)).to.equal(mapping);
  });

  it('gives records of unknown rtypes back as they are', () => {
    const unknown = Uint8Array.of(4, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    expect(upgradeRecord(unknown, 1, 3, false)).to.equal(unknown);
  });

  it('refuses to go back', () => {
    const error = thrown(() => upgradeRecord(encodeRecord(layoutNamed('trade', 3)!, {}), 3, 2, false));
    expect(error.code).to.equal('DBN_VERSION');
    expect(error.message).to.equal('version 3 of DBN cannot be turned into the older version 2');
  });

  it('upgrades a header by its version and the width of its symbols', () => {
    const old = newMetadata({ dataset: 'XNAS.ITCH', schema: 'mbo', version: 1, symbols: ['MSFT'] });
    expect(upgradeMetadata(old, 3)).to.deep.equal({ ...old, version: 3, symbolCstrLen: 71 });
    expect(upgradeMetadata(old, 1)).to.equal(old);
  });
});
