import { expect } from 'chai';
import { refreshCommand } from '../../../../src/core/historical/refresh-command.js';
import { refreshesOf, staleCoverage, type BoughtChunk } from '../../../../src/core/historical/stale-coverage.js';
import { midnightOf } from '../../../../src/core/historical/symbol-meanings.js';

const day = (date: string, lastModifiedDate: string) => ({ date, condition: 'available', lastModifiedDate });
const range = (start: string, end: string) => ({ start: midnightOf(start), end: midnightOf(end) });

describe('staleCoverage', () => {
  const chunk = (chunkId: number, symbols: string[], conditions: BoughtChunk['conditions']): BoughtChunk => ({
    ...{ chunkId, dataset: 'GLBX.MDP3', schema: 'trades', stypeIn: 'continuous', symbols, conditions },
    ranges: [range('2024-01-10', '2024-01-13')],
  });
  const present = ['2024-01-10', '2024-01-11', '2024-01-12'].map((date) => day(date, '2024-02-01'));
  const before = present.map(({ date }) => day(date, '2024-01-15'));

  it('counts, of several purchases of a symbol on a day, the last one', () => {
    const again = chunk(2, ['ES.c.0'], [day('2024-01-11', '2024-02-01')]);
    const stale = staleCoverage([chunk(1, ['NQ.c.0', 'ES.c.0'], before), again], present);
    expect(stale.map(({ date, symbols, chunkId }) => [date, symbols, chunkId])).to.deep.equal([
      ['2024-01-10', ['NQ.c.0', 'ES.c.0'], 1],
      ['2024-01-11', ['NQ.c.0'], 1],
      ['2024-01-12', ['NQ.c.0', 'ES.c.0'], 1],
    ]);
    expect(stale[0]?.bought).to.deep.equal(before[0]);
    expect(stale[0]?.now).to.deep.equal(present[0]);
    expect(staleCoverage([chunk(1, ['ES.c.0'], present)], present)).to.deep.equal([]);
  });

  it('keeps to what a chunk covers of a day', () => {
    const noon = midnightOf('2024-01-12') + 43_200_000_000_000n;
    const ranges = [{ start: midnightOf('2024-01-11'), end: noon }];
    const stale = staleCoverage([{ ...chunk(1, ['ES.c.0'], before), ranges }], present);
    expect(stale.map(({ ranges: held }) => held)).to.deep.equal([
      [range('2024-01-11', '2024-01-12')],
      [{ start: midnightOf('2024-01-12'), end: noon }],
    ]);
    expect(refreshesOf(stale).map(({ range: whole }) => whole)).to.deep.equal(ranges);
  });

  it('counts what a later purchase left of a day, symbol by symbol', () => {
    const [date] = ['2024-01-10'];
    const start = midnightOf(date);
    const hour = (n: number): bigint => start + BigInt(n) * 3_600_000_000_000n;
    const then = [day(date, '2024-01-15')];
    const now = [day(date, '2024-02-01')];
    const first = { ...chunk(1, ['ES.c.0', 'NQ.c.0'], then), ranges: [{ start, end: hour(24) }] };
    const midday = { ...chunk(2, ['ES.c.0'], now), ranges: [{ start: hour(10), end: hour(14) }] };
    const evening = { ...chunk(3, ['NQ.c.0'], now), ranges: [{ start: hour(20), end: hour(24) }] };
    const stale = staleCoverage([first, midday, evening], now);
    expect(stale.map(({ chunkId, symbols, ranges }) => [chunkId, symbols, ranges])).to.deep.equal([
      [
        1,
        ['ES.c.0'],
        [
          { start, end: hour(10) },
          { start: hour(14), end: hour(24) },
        ],
      ],
      [1, ['NQ.c.0'], [{ start, end: hour(20) }]],
    ]);
    expect(refreshesOf(stale).map(({ symbols, range: { end } }) => [symbols, end])).to.deep.equal([
      [['ES.c.0'], hour(10)],
      [['ES.c.0'], hour(24)],
      [['NQ.c.0'], hour(20)],
    ]);
    const rest = { ...chunk(4, ['NQ.c.0', 'ES.c.0'], now), ranges: [{ start, end: hour(20) }] };
    expect(staleCoverage([first, midday, evening, rest], now).map(({ symbols }) => symbols)).to.deep.equal([
      ['ES.c.0'],
    ]);
  });

  it('is bought again in one request for days that follow one another, of the same symbols in any order', () => {
    const chunks = [
      chunk(1, ['ES.c.0', 'NQ.c.0'], [before[0] ?? day('', '')]),
      chunk(2, ['NQ.c.0', 'ES.c.0'], [before[1] ?? day('', '')]),
      { ...chunk(3, ['ES.c.0'], before), schema: 'tbbo' },
    ];
    const refreshes = refreshesOf(staleCoverage(chunks, present));
    expect(refreshes.map(({ schema, symbols, range: whole }) => [schema, symbols, whole])).to.deep.equal([
      ['trades', ['ES.c.0', 'NQ.c.0'], range('2024-01-10', '2024-01-12')],
      ['tbbo', ['ES.c.0'], range('2024-01-10', '2024-01-13')],
    ]);
  });

  it('is bought again by a command that a shell takes as it is meant', () => {
    const what = { dataset: 'OPRA.PILLAR', schema: 'trades', stypeIn: 'raw_symbol' };
    const noon = { start: midnightOf('2024-01-12'), end: midnightOf('2024-01-12') + 43_200_000_000_000n };
    expect(refreshCommand('databento', { ...what, symbols: ['AAPL  250221C00250000', "O'X"], range: noon })).to.equal(
      "tickloom ingest --api databento --dataset OPRA.PILLAR --schema trades --stype-in raw_symbol --symbols 'AAPL  250221C00250000,O'\\''X' " +
        '--start 2024-01-12 --end 2024-01-12T12:00:00.000000000Z --force --refetch',
    );
  });
});
