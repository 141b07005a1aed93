import { expect } from 'chai';
import fc from 'fast-check';
import type { InstrumentMapping } from '../../../../src/core/symbology/instrument-mapping.js';
import { InstrumentTimeline } from '../../../../src/core/symbology/instrument-timeline.js';

const mapping = (symbol: string, start: number, end: number): InstrumentMapping => ({
  instrumentId: 1,
  symbol,
  start,
  end,
});

function timelineOf(...mappings: InstrumentMapping[]): InstrumentTimeline {
  const timeline = new InstrumentTimeline();
  for (const each of mappings) timeline.add(each);
  return timeline;
}

/** The rule as it is said: of the mappings that hold the day, the latest start wins, then the latest mapping. */
function winnerOf(
  mappings: readonly InstrumentMapping[],
  day: number,
): { symbol: string; contested: boolean } | undefined {
  const holding = mappings.filter(({ start, end }) => start <= day && day < end);
  const winner = holding.reduce<InstrumentMapping | undefined>(
    (best, each) => (best === undefined || each.start >= best.start ? each : best),
    undefined,
  );
  if (winner === undefined) return undefined;
  return { symbol: winner.symbol, contested: holding.some(({ symbol }) => symbol !== winner.symbol) };
}

describe('instrument timeline', () => {
  it('has no symbol before, between and after its mappings', () => {
    const timeline = timelineOf(mapping('A', 10, 12), mapping('B', 20, 21));
    expect([9, 10, 11, 12, 19, 20, 21].map((day) => timeline.at(day)?.symbol)).to.deep.equal([
      undefined,
      'A',
      'A',
      undefined,
      undefined,
      'B',
      undefined,
    ]);
  });

  it('lets the later start win, and the earlier one resume behind it', () => {
    const timeline = timelineOf(mapping('A', 10, 20), mapping('B', 12, 14));
    expect([11, 12, 13, 14].map((day) => timeline.at(day)?.symbol)).to.deep.equal(['A', 'B', 'B', 'A']);
  });

  it('lets the later mapping win among equal starts', () => {
    expect(timelineOf(mapping('A', 10, 20), mapping('B', 10, 20)).at(10)).to.include({ symbol: 'B', contested: true });
  });

  it('calls a day contested only when another symbol has a claim to it', () => {
    const timeline = timelineOf(mapping('A', 10, 13), mapping('A', 11, 15), mapping('B', 14, 16));
    expect([10, 12, 13, 14, 15].map((day) => timeline.at(day)?.contested)).to.deep.equal([
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it('forgets what a repeated mapping covers from the same start', () => {
    const timeline = timelineOf(mapping('A', 10, 13));
    timeline.supersede(mapping('B', 10, 20));
    expect(timeline.at(12)).to.include({ symbol: 'B', contested: false });
    timeline.supersede(mapping('C', 10, 12));
    expect(timeline.at(11)).to.include({ symbol: 'C', contested: true });
    expect(timeline.at(12)).to.include({ symbol: 'B' });
  });

  it('follows the rule for any set of mappings', () => {
    const anyMapping = fc
      .tuple(fc.constantFrom('A', 'B', 'C'), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 1, max: 12 }))
      .map(([symbol, start, length]) => mapping(symbol, start, start + length));
    fc.assert(
      fc.property(fc.array(anyMapping, { maxLength: 8 }), (mappings) => {
        const timeline = timelineOf(...mappings);
        for (let day = -1; day < 34; day++) {
          const expected = winnerOf(mappings, day);
          const found = timeline.at(day);
          expect(found && { symbol: found.symbol, contested: found.contested }, `day ${day}`).to.deep.equal(expected);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
