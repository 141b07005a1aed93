import { parseArgs } from 'node:util';
import { CASES } from './cases/index.js';
import type { BenchCase } from './bench-case.js';

/** Those that the program is made for first. */
const SCHEMAS: readonly string[] = ['trades', 'tbbo', 'ohlcv-1m', 'statistics', 'definition'];

export const USAGE = `Usage: npm run bench -- [--schema S,S] [--records N] [--runs N] [--instruments N] [--days N] [--seed N]
                        [--only CASE,CASE] [--profile CASE,CASE] [--reading] [--json]

Compares loading made-up DBN files with COPY of the same rows, ready-made, into the same table, and with what else people
do. Every run of a case is a process of its own; the cases take turns, and are compared turn by turn. Default: 3 million
records (of definitions a tenth), five runs, of ${SCHEMAS.join(', ')}. --schema takes others, too.
--profile runs cases once more, and shows in which functions their main thread spends its time, as a flame graph.
--reading measures instead how fast common questions are answered without an index, with BRIN and with btree.
With TICKLOOM_TEST_TIMESCALE_URL all of it runs on that server, in hypertables; --reading compares rows and compressed ones.

Cases: ${CASES.map((bench) => bench.name).join(', ')}.
`;

export interface BenchOptions {
  readonly help: boolean;
  readonly json: boolean;
  readonly reading: boolean;
  readonly schemas: readonly string[];
  readonly records: number;
  readonly instruments: number;
  readonly days: number;
  readonly seed: number;
  readonly runs: number;
  readonly cases: readonly BenchCase[];
  /** To be looked into. */
  readonly profiled: readonly BenchCase[];
}

/** @throws Error when an option is unknown or makes no sense */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      json: { type: 'boolean', default: false },
      reading: { type: 'boolean', default: false },
      schema: { type: 'string', default: SCHEMAS.join() },
      records: { type: 'string', default: '3000000' },
      instruments: { type: 'string', default: '8' },
      days: { type: 'string', default: '5' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      profile: { type: 'string', default: '' },
    },
  });
  return {
    help: values.help,
    json: values.json,
    reading: values.reading,
    schemas: values.schema.split(','),
    records: wholeNumber('records', values.records),
    instruments: wholeNumber('instruments', values.instruments),
    days: wholeNumber('days', values.days),
    seed: wholeNumber('seed', values.seed),
    runs: wholeNumber('runs', values.runs),
    cases: values.only === '' ? CASES : casesNamed(values.only),
    profiled: values.profile === '' ? [] : casesNamed(values.profile),
  };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} is a whole number above 0, not "${text}"`);
}

function casesNamed(list: string): readonly BenchCase[] {
  return list.split(',').map((name) => {
    const found = CASES.find((bench) => bench.name === name);
    if (found === undefined)
      throw new Error(`unknown case "${name}"; known: ${CASES.map((bench) => bench.name).join(', ')}`);
    return found;
  });
}
