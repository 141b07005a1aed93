import { renderTable, type TextLayout } from '../src/adapters/terminal/index.js';
import { speedRatio, type CaseResult } from './results.js';

/** What a case has to come to beside another one. */
interface Target {
  readonly what: string;
  /** Schemas that it is for; left out: every one. */
  readonly schemas?: readonly string[];
  /** True for one that is for hypertables alone. */
  readonly hypertables?: true;
  /** `undefined` when a case that it needs was not run. */
  readonly value: (caseNamed: (name: string) => CaseResult | undefined) => number | undefined;
  readonly least?: number;
  readonly most?: number;
}

/** A target, and what this bench came to. */
export interface TargetResult {
  readonly what: string;
  readonly value: number;
  readonly least: number | null;
  readonly most: number | null;
  readonly met: boolean;
}

const MIB = 1024 * 1024;

const ratio =
  (name: string, reference: string): Target['value'] =>
  (caseNamed) =>
    speedRatio(caseNamed(name), caseNamed(reference)) ?? undefined;

const TARGETS: readonly Target[] = [
  {
    what: 'a file to committed rows, by ready rows',
    schemas: ['trades', 'tbbo', 'ohlcv-1m'],
    value: ratio('ingest-zst', 'copy-ready'),
    least: 0.95,
  },
  {
    what: 'a file to committed rows, by ready rows',
    schemas: ['statistics', 'definition'],
    value: ratio('ingest-zst', 'copy-ready'),
    least: 0.9,
  },
  {
    what: 'two connections, by one',
    hypertables: true,
    value: ratio('ingest-two', 'ingest-zst'),
    least: 1.5,
  },
  { what: 'the same on two connections', value: ratio('ingest-two', 'copy-two'), least: 0.9 },
  {
    what: 'the default table, by a bare one of whole numbers',
    schemas: ['trades'],
    value: ratio('ingest-zst', 'copy-bare'),
    least: 0.6,
  },
  { what: 'by csv text', value: ratio('ingest-zst', 'copy-csv'), least: 1.8 },
  { what: 'by INSERT of many rows', value: ratio('ingest-zst', 'insert-many'), least: 10 },
  { what: 'with the progress bar, by without', value: ratio('ingest-bar', 'ingest-zst'), least: 0.99 },
  {
    what: 'rows a second of a hand-written mapper',
    schemas: ['trades'],
    value: (caseNamed) => caseNamed('transform-map')?.records_per_second,
    least: 400_000,
  },
  {
    what: 'peak memory of a load, MiB',
    value: (caseNamed) => {
      const bytes = caseNamed('ingest-zst')?.peak_rss_bytes;
      return bytes === undefined ? undefined : Math.round(bytes / MIB);
    },
    most: 300,
  },
  {
    what: 'start of tickloom, by that of a bare oclif program',
    value: (caseNamed) => {
      const speed = speedRatio(caseNamed('start-tickloom'), caseNamed('start-oclif'));
      return speed === null ? undefined : 1 / speed;
    },
    most: 1.3,
  },
];

/** What of the targets can be judged from these cases. */
export function targetResults(schema: string, cases: readonly CaseResult[], hypertables = false): TargetResult[] {
  const caseNamed = (name: string): CaseResult | undefined => cases.find((each) => each.name === name);
  const due = TARGETS.filter((each) => each.schemas?.includes(schema) ?? true).filter(
    (each) => each.hypertables === undefined || hypertables,
  );
  return due.flatMap(({ what, value, least, most }) => {
    const found = value(caseNamed);
    if (found === undefined) return [];
    const met = found >= (least ?? -Infinity) && found <= (most ?? Infinity);
    return [{ what, value: found, least: least ?? null, most: most ?? null, met }];
  });
}

export function renderTargets(targets: readonly TargetResult[], layout: TextLayout): string {
  return renderTable(
    [{ header: 'target' }, { header: 'wanted', align: 'right' }, { header: 'found', align: 'right' }, { header: '' }],
    targets.map(({ what, value, least, most, met }) => [
      what,
      least === null ? `at most ${number(most ?? 0)}` : `at least ${number(least)}`,
      number(value),
      met ? 'met' : 'missed',
    ]),
    layout,
  );
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
}
