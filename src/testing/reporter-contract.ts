import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import type { ProgressEvent, ProgressReporter } from '../core/progress/progress-event.js';
import type { ReporterSettings } from '../core/progress/reporter-definition.js';
import { noRecords, noSymbols } from '../core/report/counts.js';
import type { ChunkReport, ChunkStatus, RunReport } from '../core/report/run-report.js';
import { RecordingStream } from './recording-stream.js';
import { stdoutOf } from './stdout-of.js';
import type { TestRunner } from './test-runner.js';

/** Lines that a run may cost a reader, besides one or two per chunk. */
const LINES_ALLOWED = 100;
const HOSTILE = '\x1b]0;owned\x07\x1b[2J\u009b31m\u202eevil\r\n.dbn';

/**
 * The promises every progress reporter keeps; ours and those of plugins pass this suite.
 *
 * `make` is called for each test, with settings as a run would give them.
 */
export function describeReporter(
  make: (settings: ReporterSettings) => ProgressReporter,
  { describe, it }: TestRunner,
): void {
  describe('keeps the promises of a progress reporter', () => {
    it('takes a whole run and leaves the terminal as it was', async () => {
      const stream = new RecordingStream();
      await play(make(onTerminal(stream)), wholeRun());
      assertTerminalRestored(stream.text);
    });

    it('leaves the terminal as it was when the run is aborted in the middle of a chunk', async () => {
      const stream = new RecordingStream();
      await play(make(onTerminal(stream)), wholeRun().slice(0, 5));
      assertTerminalRestored(stream.text);
    });

    it('closes without ever having been told anything', async () => {
      const stream = new RecordingStream();
      await make(onTerminal(stream)).close();
      assertTerminalRestored(stream.text);
    });

    it('never throws, in whatever order events come', async () => {
      const events = [...wholeRun(), { type: 'from_a_later_version', chunk: 7 } as unknown as ProgressEvent];
      for (const order of [events.toReversed(), events.filter((_, i) => i % 2 === 1), [...events, ...events]]) {
        await play(make(onTerminal(new RecordingStream())), order);
      }
    });

    it('takes events after it was closed', async () => {
      const reporter = make(onTerminal(new RecordingStream()));
      await play(reporter, wholeRun());
      for (const event of wholeRun()) reporter.report(event);
      await reporter.close();
    });

    it('writes nothing to stdout', async () => {
      const written = await stdoutOf(() => play(make(onTerminal(new RecordingStream())), wholeRun()));
      assert.equal(written, '');
    });

    it('writes no line per record unless it is to be verbose', async () => {
      const stream = new RecordingStream();
      await play(make(inPipe(stream)), wholeRun({ rejected: 10_000 }));
      const lines = stream.text.split('\n').length;
      assert.ok(lines <= LINES_ALLOWED, `${lines} lines for 10,000 rejected records`);
    });

    it('writes no more for a million batches than for one', async () => {
      const stream = new RecordingStream();
      const reporter = make(inPipe(stream));
      const [first, ...rest] = wholeRun();
      if (first !== undefined) reporter.report(first);
      for (let i = 0; i < 1_000_000; i++) reporter.report({ type: 'records_decoded', chunk: 0, records: 10 });
      await play(reporter, rest);
      const lines = stream.text.split('\n').length;
      assert.ok(lines <= LINES_ALLOWED, `${lines} lines for a million batches`);
    });

    it('writes no escape sequences where there is no terminal', async () => {
      const stream = new RecordingStream();
      await play(make(inPipe(stream)), wholeRun());
      assert.equal(stripVTControlCharacters(stream.text), stream.text);
    });

    it('makes control characters in names and texts harmless', async () => {
      for (const settings of [onTerminal, inPipe]) {
        const stream = new RecordingStream();
        await play(make({ ...settings(stream), verbose: true }), wholeRun({ source: HOSTILE, rejected: 1 }));
        for (const harmful of ['\x1b]', '\x07', '\x1b[2J', '\u009b', '\u202e']) {
          assert.ok(!stream.text.includes(harmful), `${JSON.stringify(harmful)} reached the stream`);
        }
      }
    });

    it('goes on when the reader of the stream goes away', async () => {
      const stream = new RecordingStream();
      const reporter = make({ ...onTerminal(stream), verbose: true });
      const events = wholeRun({ rejected: 3 });
      for (const event of events.slice(0, 3)) reporter.report(event);
      stream.break();
      await new Promise((resolve) => setImmediate(resolve));
      await play(reporter, events.slice(3));
    });

    it('keeps no timer that would keep the process alive', async () => {
      const reporter = make(onTerminal(new RecordingStream()));
      const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
      const before = timers();
      for (const event of wholeRun().slice(0, 5)) reporter.report(event);
      const during = timers();
      await reporter.close();
      assert.ok(during <= before, 'a timer is not unreferenced');
    });
  });
}

async function play(reporter: ProgressReporter, events: readonly ProgressEvent[]): Promise<void> {
  for (const event of events) reporter.report(event);
  await reporter.close();
}

const onTerminal = (stream: RecordingStream): ReporterSettings => ({
  stream,
  columns: () => 80,
  redrawable: true,
  color: true,
  unicode: true,
  verbose: false,
});

const inPipe = (stream: RecordingStream): ReporterSettings => ({
  stream,
  columns: () => undefined,
  redrawable: false,
  color: false,
  unicode: false,
  verbose: false,
});

/** A cursor that was hidden is shown again, wrapping and colours are as before, the main screen is back. */
function assertTerminalRestored(text: string): void {
  const modes = new Map<string, string>();
  for (const [, mode = '', state = ''] of text.matchAll(/\x1b\[\?(\d+)([hl])/g)) modes.set(mode, state);
  const wanted: Readonly<Record<string, string>> = { '25': 'h', '7': 'h', '1049': 'l', '2026': 'l' };
  for (const [mode, state] of Object.entries(wanted)) {
    assert.equal(modes.get(mode) ?? state, state, `terminal mode ${mode} is not put back`);
  }
  const lastStyle = [...text.matchAll(/\x1b\[([\d;]*)m/g)].at(-1)?.[1];
  assert.ok(lastStyle === undefined || /^(|0|22|39|49|22;39)$/.test(lastStyle), 'a colour is left switched on');
}

function wholeRun({ source = 'trades.dbn.zst', rejected = 0 } = {}): ProgressEvent[] {
  const rejections = Array.from({ length: rejected }, (_, ordinal): ProgressEvent => {
    return { type: 'record_rejected', chunk: 0, ordinal, schema: source, reason: `"${source}" is no price` };
  });
  const loaded = chunkReport(source, 'loaded', rejected);
  const failed = chunkReport(source, 'failed', 0);
  return [
    { type: 'note', level: 'info', text: `looking at ${source}` },
    { type: 'run_started', runId: '00000000-0000-4000-8000-000000000000', chunks: 2, bytes: 2000 },
    { type: 'chunk_started', chunk: 0, source, bytes: 1000 },
    { type: 'header_read', chunk: 0, dataset: source, schema: source },
    { type: 'bytes_read', chunk: 0, bytes: 1000 },
    { type: 'records_decoded', chunk: 0, records: 20 },
    ...rejections,
    { type: 'rows_stored', chunk: 0, rows: 20 - Math.min(20, rejected), rejected },
    { type: 'note', level: 'warning', text: `something about ${source}` },
    { type: 'chunk_finished', chunk: 0, report: loaded },
    { type: 'chunk_started', chunk: 1, source, bytes: null },
    { type: 'chunk_finished', chunk: 1, report: failed },
    { type: 'note', level: 'error', text: `cannot read ${source}` },
    { type: 'run_finished', report: runReport([loaded, failed]) },
  ];
}

function chunkReport(source: string, status: ChunkStatus, quarantined: number): ChunkReport {
  return {
    chunk_id: 1,
    source,
    dataset: source,
    schema: source,
    start: null,
    end: null,
    status,
    records: { ...noRecords(), decoded: 20, loaded: Math.max(0, 20 - quarantined), quarantined },
    symbols: noSymbols(),
    error:
      status === 'failed' ? { code: 'NOT_DBN', message: `"${source}" is no DBN`, hint: source, context: {} } : null,
  };
}

function runReport(details: ChunkReport[]): RunReport {
  return {
    run_id: '00000000-0000-4000-8000-000000000000',
    status: 'incomplete',
    chunks: { planned: 2, loaded: 1, already_loaded: 0, failed: 1 },
    records: { ...noRecords(), decoded: 20, loaded: 20 },
    symbols: noSymbols(),
    bytes: { read: 1000, downloaded: 0 },
    cost_usd: { estimated: 0, spent: 0 },
    elapsed_ms: 1000,
    records_per_second: 20,
    peak_rss_bytes: 1_000_000,
    details,
  };
}
