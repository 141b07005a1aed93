/**
 * Plays a made-up run through a reporter, to look at in a real terminal:
 *
 *     node dist/test/support/progress-demo.js [--reporter bar] [--chunks 6] [--seconds 8] [--verbose] [--quiet]
 *       [--parallel 1] [--unknown-size] [--fail-every 4] [--notes] [--exit-after 3] [--source NAME]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ReporterRegistry } from '../../src/adapters/reporters/index.js';
import { detectTerminal, renderRunReport } from '../../src/adapters/terminal/index.js';
import type { ProgressReporter } from '../../src/core/progress/progress-event.js';
import { addCounts, noRecords, noSymbols } from '../../src/core/report/counts.js';
import type { ChunkReport, RunReport } from '../../src/core/report/run-report.js';

const { values: flags } = parseArgs({
  options: {
    reporter: { type: 'string', default: 'auto' },
    chunks: { type: 'string', default: '6' },
    seconds: { type: 'string', default: '8' },
    parallel: { type: 'string', default: '1' },
    'fail-every': { type: 'string', default: '0' },
    'exit-after': { type: 'string', default: '0' },
    source: { type: 'string', default: 'data/glbx-mdp3-2024010%.trades.dbn.zst' },
    verbose: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
    notes: { type: 'boolean', default: false },
    'unknown-size': { type: 'boolean', default: false },
  },
});

const CHUNK_BYTES = 317_000_000;
const CHUNK_RECORDS = 10_200_000;
const STEPS = 50;

const chunks = Number(flags.chunks);
const stepMs = (Number(flags.seconds) * 1000 * Number(flags.parallel)) / chunks / STEPS;
const bytes = flags['unknown-size'] ? null : CHUNK_BYTES;

async function playChunk(reporter: ProgressReporter, chunk: number, source: string): Promise<ChunkReport> {
  const fails = Number(flags['fail-every']) > 0 && chunk % Number(flags['fail-every']) === 1;
  reporter.report({ type: 'chunk_started', chunk, source, bytes });
  reporter.report({ type: 'header_read', chunk, dataset: 'GLBX.MDP3', schema: 'trades' });
  for (let step = 0; step < STEPS; step++) {
    reporter.report({ type: 'bytes_read', chunk, bytes: CHUNK_BYTES / STEPS });
    reporter.report({ type: 'records_decoded', chunk, records: CHUNK_RECORDS / STEPS });
    if (stepMs >= 1 || step === 0) await sleep(stepMs);
    reporter.report({ type: 'rows_stored', chunk, rows: CHUNK_RECORDS / STEPS, rejected: 0 });
    if (fails && step === STEPS / 2) break;
  }
  const records = { ...noRecords(), decoded: CHUNK_RECORDS, loaded: CHUNK_RECORDS - 1, quarantined: 1 };
  const reason = 'price-out-of-range: "9223372036854775806" is beyond numeric(28,9)';
  reporter.report({ type: 'record_rejected', chunk, ordinal: 18442, schema: 'trades', reason });
  const report: ChunkReport = {
    chunk_id: chunk,
    source,
    dataset: 'GLBX.MDP3',
    schema: 'trades',
    start: null,
    end: null,
    status: fails ? 'failed' : 'loaded',
    records: fails ? noRecords() : records,
    symbols: fails ? noSymbols() : { ...noSymbols(), mapped: records.loaded - 12, fallback: 12 },
    error: fails
      ? {
          code: 'DECODE_TRUNCATED',
          message: `record 5304112 at byte 254,597,376 of "${source}" has 31 of its 48 bytes`,
          hint: 'Download the file again: it was cut in transit.',
          context: {},
        }
      : null,
  };
  reporter.report({ type: 'chunk_finished', chunk, report });
  return report;
}

async function play(reporter: ProgressReporter): Promise<RunReport> {
  const started = performance.now();
  const total = bytes === null ? null : bytes * chunks;
  const runId = '5b0c7e1e-93ac-4d5e-8c11-0a4f2f6d9b37';
  reporter.report({ type: 'run_started', runId, chunks, bytes: total });
  const details: ChunkReport[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < chunks) {
      const chunk = next++;
      if (flags.notes && chunk % 2 === 1) {
        const text =
          'GLBX.MDP3 trades 2024-01-05 has condition "degraded" at the vendor\nits rows are loaded as they are';
        reporter.report({ type: 'note', level: 'warning', text });
        reporter.report({ type: 'note', level: 'info', text: 'table "trades" has 2 more indexes than were asked for' });
      }
      details.push(await playChunk(reporter, chunk, flags.source.replace('%', String(chunk % 10))));
    }
  };
  await Promise.all(Array.from({ length: Number(flags.parallel) }, worker));
  const records = details.reduce((sum, { records: more }) => addCounts(sum, more), noRecords());
  const elapsed = performance.now() - started;
  const failed = details.filter(({ status }) => status === 'failed').length;
  const report: RunReport = {
    run_id: runId,
    status: failed > 0 || records.quarantined > 0 ? 'incomplete' : 'complete',
    chunks: { planned: chunks, loaded: chunks - failed, already_loaded: 0, failed },
    records,
    symbols: details.reduce((sum, { symbols }) => addCounts(sum, symbols), noSymbols()),
    bytes: { read: CHUNK_BYTES * chunks, downloaded: 0 },
    cost_usd: { estimated: 0, spent: 0 },
    elapsed_ms: elapsed,
    records_per_second: (records.decoded / elapsed) * 1000,
    peak_rss_bytes: process.memoryUsage.rss(),
    details,
  };
  reporter.report({ type: 'run_finished', report });
  return report;
}

const traits = detectTerminal(process.stderr, process.env, process.platform);
const reporter = new ReporterRegistry().create(
  { name: flags.reporter, quiet: flags.quiet, interactive: traits.interactive },
  { ...traits, stream: process.stderr, verbose: flags.verbose },
);
if (Number(flags['exit-after']) > 0) setTimeout(() => process.exit(130), Number(flags['exit-after']) * 1000);
const report = await play(reporter);
await reporter.close();
if (!flags.quiet) process.stderr.write(renderRunReport(report, { ...traits, columns: traits.columns() }));
