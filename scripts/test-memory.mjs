// npm run test:memory -- [records]: a big file ingested, exported and verified, and what each command took at its peak.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const MOST_BYTES = 350e6;
/** Of a record in any form, and a little less than it has: some are of an instrument without a symbol. */
const LEAST_BYTES = 47;
const SELF = import.meta.url;
const PEAKS = 'TICKLOOM_PEAKS_FILE';

if (process.env[PEAKS] !== undefined) {
  // loaded into the command that is measured
  const file = process.env[PEAKS];
  process.on('exit', () => appendFileSync(file, `${process.resourceUsage().maxRSS * 1024}\n`));
} else {
  process.exitCode = measureAll(Number(process.argv[2] ?? 20_000_000));
}

function measureAll(records) {
  const folder = mkdtempSync(join(tmpdir(), 'tickloom-memory-'));
  const environment = { ...process.env, TICKLOOM_HOME: join(folder, 'home') };
  delete environment.DATABASE_URL;
  delete environment.TICKLOOM_DATABASE_URL;
  const path = (name) => join(folder, name);
  const input = path('trades.dbn.zst');
  const failed = [];

  const run = (args, more = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/run.js', ...args], {
      env: { ...environment, ...more },
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    });
    if (status !== 0)
      throw new Error(`"tickloom ${args.join(' ')}" ended with ${status}: ${stderr}${stdout}`.slice(0, 4000));
    return stdout;
  };
  const measure = (args, isRight) => {
    const peaks = path('peaks');
    const began = performance.now();
    const stdout = run(args, { [PEAKS]: peaks, NODE_OPTIONS: `--import=${SELF}` });
    const seconds = (performance.now() - began) / 1000;
    const bytes = Math.max(...readFileSync(peaks, 'utf8').trim().split('\n').map(Number));
    rmSync(peaks);
    const verdict = bytes > MOST_BYTES ? 'too much' : isRight(stdout) ? 'ok' : 'not what was loaded';
    if (verdict !== 'ok') failed.push(args[0]);
    const words = args.map((word) => word.replace(`${folder}/`, '').slice(0, 40)).join(' ');
    console.log(`${(bytes / 1e6).toFixed(0).padStart(5)} MB ${seconds.toFixed(0).padStart(5)} s  ${words}: ${verdict}`);
  };
  const written = (name, isRight) => () => {
    const { size } = statSync(path(name));
    rmSync(path(name));
    return isRight(size);
  };

  try {
    run(['db', 'start']);
    measure(sampleOf(records, input), () => true);
    measure(['ingest', input, '--json'], (report) => JSON.parse(report).records.loaded === records);
    const whole = written('chunk.dbn', (size) => size > records * LEAST_BYTES);
    measure(['export', '--chunk', '1', '--output', path('chunk.dbn'), '--json'], whole);
    // continuous symbols are left out unless they are named
    const symbols = JSON.parse(run(['coverage', '--json']))
      .map(({ symbol }) => symbol)
      .filter((symbol) => symbol.includes('.c.'));
    for (const name of ['range.dbn', 'range.csv']) {
      const range = ['--schema', 'trades', '--symbols', symbols.join(',')];
      const enough = written(name, (size) => size > records * LEAST_BYTES);
      measure(['export', '--output', path(name), '--json', ...range], enough);
    }
    measure(['verify', '--deep', '--json'], (report) => {
      const { status, rows, originals } = JSON.parse(report);
      return status === 'ok' && rows === records && originals.compared === 1;
    });
    measure(['ingest', input, '--json'], (report) => JSON.parse(report).records.already_loaded === records);
  } finally {
    run(['db', 'stop']);
    rmSync(folder, { recursive: true, force: true });
  }
  return failed.length === 0 ? 0 : 1;
}

function sampleOf(records, output) {
  const shape = ['--instruments', '50', '--days', '5', '--seed', '20'];
  return ['sample', '--schema', 'trades', '--records', String(records), ...shape, '--output', output];
}
