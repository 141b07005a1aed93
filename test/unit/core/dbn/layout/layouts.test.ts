import { expect } from 'chai';
import { RTYPE, UNDEF_PRICE, UNDEF_TIMESTAMP } from '../../../../../src/core/dbn/constants.js';
import { defineLayout, price, u8 } from '../../../../../src/core/dbn/layout/define-layout.js';
import { fieldOf } from '../../../../../src/core/dbn/layout/field-of.js';
import { LAYOUTS, layoutNamed, layoutOf } from '../../../../../src/core/dbn/layout/layouts.js';
import type { DbnVersion } from '../../../../../src/core/dbn/layout/record-layout.js';
import { thrown } from '../../../../support/thrown.js';

const VERSIONS: readonly DbnVersion[] = [1, 2, 3];

/** The vendor's sizes in bytes, by version. */
const SIZES: Readonly<Record<string, readonly [number, number, number]>> = {
  mbo: [56, 56, 56],
  trade: [48, 48, 48],
  'mbp-1': [80, 80, 80],
  'mbp-10': [368, 368, 368],
  bbo: [80, 80, 80],
  'cmbp-1': [80, 80, 80],
  cbbo: [80, 80, 80],
  ohlcv: [56, 56, 56],
  status: [40, 40, 40],
  definition: [360, 400, 520],
  imbalance: [112, 112, 112],
  error: [80, 320, 320],
  'symbol-mapping': [80, 176, 176],
  system: [80, 320, 320],
  statistics: [64, 64, 80],
};

/** Column orders as the vendor's csv has them. */
const HEADERS: Readonly<Record<string, string>> = {
  'mbo 3':
    'ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,price,size,channel_id,order_id,flags,ts_in_delta,sequence',
  'mbp-1 3':
    'ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_ct_00,ask_ct_00',
  'bbo 3':
    'ts_recv,ts_event,rtype,publisher_id,instrument_id,side,price,size,flags,sequence,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_ct_00,ask_ct_00',
  'cmbp-1 3':
    'ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,price,size,flags,ts_in_delta,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_pb_00,ask_pb_00',
  'cbbo 3':
    'ts_recv,ts_event,rtype,publisher_id,instrument_id,side,price,size,flags,bid_px_00,ask_px_00,bid_sz_00,ask_sz_00,bid_pb_00,ask_pb_00',
  'ohlcv 3': 'ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume',
  'statistics 1':
    'ts_recv,ts_event,rtype,publisher_id,instrument_id,ts_ref,price,quantity,sequence,ts_in_delta,stat_type,channel_id,update_action,stat_flags',
  'statistics 3':
    'ts_recv,ts_event,rtype,publisher_id,instrument_id,ts_ref,price,quantity,sequence,ts_in_delta,stat_type,channel_id,update_action,stat_flags',
  'status 3':
    'ts_recv,ts_event,rtype,publisher_id,instrument_id,action,reason,trading_event,is_trading,is_quoting,is_short_sell_restricted',
  'imbalance 3':
    'ts_recv,ts_event,rtype,publisher_id,instrument_id,ref_price,auction_time,cont_book_clr_price,auct_interest_clr_price,ssr_filling_price,ind_match_price,upper_collar,lower_collar,paired_qty,total_imbalance_qty,market_imbalance_qty,unpaired_qty,auction_type,side,auction_status,freeze_status,num_extensions,unpaired_side,significant_imbalance',
  'symbol-mapping 1': 'ts_event,rtype,publisher_id,instrument_id,stype_in_symbol,stype_out_symbol,start_ts,end_ts',
  'symbol-mapping 2':
    'ts_event,rtype,publisher_id,instrument_id,stype_in,stype_in_symbol,stype_out,stype_out_symbol,start_ts,end_ts',
  'error 2': 'ts_event,rtype,publisher_id,instrument_id,err,code,is_last',
  'system 1': 'ts_event,rtype,publisher_id,instrument_id,msg',
};

describe('record layouts', () => {
  for (const [name, sizes] of Object.entries(SIZES)) {
    it(`has "${name}" in every version with the vendor's size`, () => {
      expect(VERSIONS.map((version) => layoutNamed(name, version)?.size)).to.deep.equal(sizes);
    });
  }

  it('has no layout that is not listed here', () => {
    expect([...new Set(LAYOUTS.map((layout) => layout.name))].sort()).to.deep.equal(Object.keys(SIZES).sort());
  });

  for (const [key, header] of Object.entries(HEADERS)) {
    it(`prints the fields of "${key}" in the vendor's order`, () => {
      const [name, version] = key.split(' ') as [string, string];
      expect(layoutNamed(name, Number(version) as DbnVersion)?.textOrder.join(',')).to.equal(header);
    });
  }

  it('prints the strike of a definition behind its currency in every version', () => {
    for (const version of VERSIONS) {
      const order = layoutNamed('definition', version)!.textOrder;
      expect(order[order.indexOf('strike_price_currency') + 1]).to.equal('strike_price');
    }
  });

  it('prints ten levels of mbp-10, numbered with two digits', () => {
    const order = layoutNamed('mbp-10', 3)!.textOrder;
    expect(order).to.have.length(73);
    expect(order.slice(0, 19)).to.deep.equal(layoutNamed('mbp-1', 3)!.textOrder);
    expect(order.slice(-6)).to.deep.equal(
      ['bid_px', 'ask_px', 'bid_sz', 'ask_sz', 'bid_ct', 'ask_ct'].map((n) => `${n}_09`),
    );
  });

  it('covers every byte of every layout without gaps', () => {
    for (const layout of LAYOUTS) {
      let next = 0;
      for (const field of layout.fields) {
        expect(field.offset, `${layout.name}.${field.name}`).to.equal(next);
        next += field.size;
      }
      expect(next).to.equal(layout.size);
    }
  });

  it('finds one layout for each rtype and version', () => {
    for (const rtype of Object.values(RTYPE)) {
      for (const version of VERSIONS) {
        const layout = layoutOf(rtype, version)!;
        expect(layout.rtypes).to.include(rtype);
        expect(layout.versions).to.include(version);
      }
    }
  });

  it('uses the struct of cmbp-1 for tcbbo and that of mbp-1 for rtype 1', () => {
    expect(layoutOf(RTYPE.TCBBO, 3)?.name).to.equal('cmbp-1');
    expect(layoutOf(1, 2)?.name).to.equal('mbp-1');
  });

  it('knows no layout for an rtype that the vendor may add', () => {
    expect(layoutOf(0x7f, 3)).to.equal(undefined);
    expect(layoutNamed('nothing', 3)).to.equal(undefined);
  });

  it('gives every field the sentinel of its own', () => {
    const undefOf = (layout: string, version: DbnVersion, field: string): bigint | undefined =>
      fieldOf(layoutNamed(layout, version)!, field).undef;
    expect(undefOf('trade', 3, 'price')).to.equal(UNDEF_PRICE);
    expect(undefOf('trade', 3, 'size')).to.equal(4294967295n);
    expect(undefOf('trade', 3, 'ts_recv')).to.equal(UNDEF_TIMESTAMP);
    expect(undefOf('trade', 3, 'ts_event')).to.equal(UNDEF_TIMESTAMP);
    expect(undefOf('trade', 3, 'sequence')).to.equal(undefined);
    expect(undefOf('mbo', 3, 'channel_id')).to.equal(255n);
    expect(undefOf('statistics', 2, 'quantity')).to.equal(2147483647n);
    expect(undefOf('statistics', 3, 'quantity')).to.equal(9223372036854775807n);
    expect(undefOf('statistics', 3, 'channel_id')).to.equal(65535n);
    expect(undefOf('definition', 3, 'appl_id')).to.equal(32767n);
    expect(undefOf('definition', 3, 'contract_multiplier_unit')).to.equal(127n);
    expect(undefOf('definition', 1, 'market_segment_id')).to.equal(4294967295n);
    expect(undefOf('definition', 3, 'raw_instrument_id')).to.equal(undefined);
    expect(undefOf('symbol-mapping', 3, 'start_ts')).to.equal(UNDEF_TIMESTAMP);
    expect(undefOf('symbol-mapping', 3, 'end_ts')).to.equal(undefined);
  });

  it('sorts and maps by ts_recv where a record has it, else by ts_event', () => {
    expect(layoutNamed('trade', 3)?.indexTimestamp).to.equal('ts_recv');
    expect(layoutNamed('ohlcv', 3)?.indexTimestamp).to.equal('ts_event');
  });

  it('marks the records that steer a stream', () => {
    const control = LAYOUTS.filter((layout) => layout.control).map((layout) => layout.name);
    expect([...new Set(control)].sort()).to.deep.equal(['error', 'symbol-mapping', 'system']);
  });

  it('refuses a declaration whose fields do not add up to its size', () => {
    const declaration = { name: 'odd', rtypes: [1], versions: VERSIONS, fields: [u8('one')] };
    expect(() => defineLayout({ ...declaration, size: 16 })).to.throw('fields take 17 bytes, declared are 16');
  });

  it('refuses a declaration that uses a name twice', () => {
    const fields = [price('price'), price('price')];
    expect(() => defineLayout({ name: 'odd', rtypes: [1], versions: VERSIONS, fields, size: 32 })).to.throw('twice');
  });

  it('says which field a layout does not have', () => {
    const error = thrown(() => fieldOf(layoutNamed('ohlcv', 3)!, 'ts_recv'));
    expect(error.code).to.equal('INVARIANT');
    expect(error.message).to.equal('layout "ohlcv" has no field "ts_recv"');
  });
});
