import { expect } from 'chai';
import { readSymbols } from '../../../../src/core/historical/read-symbols.js';
import { thrown } from '../../../support/thrown.js';

describe('readSymbols', () => {
  it('takes the symbology from the form of the symbols', () => {
    for (const [symbols, stypeIn] of [
      [['ES.c.0'], 'continuous'],
      [['ES.v.1', 'NQ.n.12'], 'continuous'],
      [['ES.FUT', 'ES.OPT'], 'parent'],
      [['ESH4', 'BRK.B', 'ESU2-ESZ2', 'AAPL  250221C00250000'], 'raw_symbol'],
      [['5482'], 'raw_symbol'],
      [['ALL_SYMBOLS'], 'raw_symbol'],
    ] as const) {
      expect(readSymbols(symbols)).to.deep.equal({ stypeIn, inferred: true, symbols });
    }
    expect(readSymbols(['ES.FUT'], 'raw_symbol')).to.include({ stypeIn: 'raw_symbol', inferred: false });
  });

  it('cleans up only what may be cleaned up, and drops repeated ones', () => {
    expect(readSymbols([' es.C.00', 'ES.c.0']).symbols).to.deep.equal(['ES.c.0']);
    expect(readSymbols(['es.fut', 'ES.FUT ']).symbols).to.deep.equal(['ES.FUT']);
    expect(readSymbols([' aapl  250221C00250000 ', 'AAPL', 'aapl', 'AAPL']).symbols).to.deep.equal([
      'aapl  250221C00250000',
      'AAPL',
      'aapl',
    ]);
    expect(readSymbols(['005482', '5482', '4294967295'], 'instrument_id').symbols).to.deep.equal([
      '5482',
      '4294967295',
    ]);
    expect(readSymbols(['all_symbols', 'ALL_SYMBOLS'], 'parent')).to.deep.equal({
      stypeIn: 'parent',
      inferred: false,
      symbols: ['ALL_SYMBOLS'],
    });
  });

  it('refuses what does not go together, and what does not fit its symbology', () => {
    for (const [symbols, stypeIn, message] of [
      [[], undefined, 'no symbols are given'],
      [['ES.c.0', ' '], undefined, 'one of the 2 symbols is empty'],
      [
        ['ES.c.0', 'NQ.c.0', 'ESH4'],
        undefined,
        'the symbols have different forms: "ES.c.0" looks like continuous, "ESH4" like raw_symbol',
      ],
      [
        ['ESH4', 'ALL_SYMBOLS'],
        undefined,
        'ALL_SYMBOLS and "ESH4" are asked for together, and ALL_SYMBOLS stands alone',
      ],
      [
        ['ALL_SYMBOLS'],
        'continuous',
        'ALL_SYMBOLS is asked for with the symbology continuous, expected raw_symbol or parent',
      ],
      [['5482a'], 'instrument_id', '"5482a" is no symbol of the symbology instrument_id, expected a number like 5482'],
      [
        ['4294967296'],
        'instrument_id',
        '"4294967296" is no symbol of the symbology instrument_id, expected a number like 5482',
      ],
      [['ES'], 'parent', '"ES" is no symbol of the symbology parent, expected ROOT.FUT or ROOT.OPT, like ES.FUT'],
      [
        ['ES.x.0'],
        'continuous',
        '"ES.x.0" is no symbol of the symbology continuous, expected ROOT.RULE.RANK with a rule of c, v or n, like ES.c.0',
      ],
    ] as const) {
      expect(thrown(() => readSymbols(symbols, stypeIn))).to.include({ code: 'USAGE', message });
    }
    expect(thrown(() => readSymbols(['ES.c.0'], 'continous'))).to.include({
      message: 'the symbology (stype_in) is "continous", expected raw_symbol, instrument_id, parent, continuous',
      hint: 'Did you mean continuous?',
    });
    expect(thrown(() => readSymbols(['ES.c.0'], 'isin'))).to.include({
      hint: 'Leave out --stype-in: it follows from the symbols.',
    });
    expect(thrown(() => readSymbols(['ESH4'], 'continuous'))).to.include({
      hint: 'Correct the symbol, or leave out --stype-in.',
    });
  });
});
