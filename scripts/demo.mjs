#!/usr/bin/env node
// Shows Tickloom end to end without a key, a database or a file: makes samples of five schemas, loads them into
// an embedded database of its own, asks it something. Everything goes into a temporary folder, which --keep keeps.
import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { URL, fileURLToPath } from 'node:url';

const RUN = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const SAMPLES = [
  ['trades', 100_000],
  ['tbbo', 50_000],
  ['ohlcv-1m', 5_000],
  ['statistics', 5_000],
  ['definition', 2_000],
];
const VOLUME_BY_SYMBOL = `
  SELECT symbol, count(*) AS trades, sum(size) AS volume, min(price) AS low, max(price) AS high
  FROM trades GROUP BY symbol ORDER BY trades DESC`;
const ROLLS = `
  SELECT symbol, instrument_id, start_date, end_date
  FROM symbology WHERE stype_in = 'continuous' ORDER BY symbol, start_date`;

const keep = process.argv.includes('--keep');
const folder = await mkdtemp(join(tmpdir(), 'tickloom-demo-'));
// Open to the account of the server, so that its data stay in here and go with the folder.
await chmod(folder, 0o755);
const started = performance.now();
try {
  await mkdir(join(folder, 'data'));
  for (const [schema, records] of SAMPLES) {
    const file = `data/${schema}.dbn.zst`;
    const size = ['--records', String(records), '--instruments', '3', '--days', '2', '--seed', '1'];
    await tickloom('sample', '--schema', schema, ...size, '--output', file);
  }
  await tickloom('ingest', 'data');
  await tickloom('query', oneLine(VOLUME_BY_SYMBOL));
  await tickloom('query', oneLine(ROLLS));
  console.log('The same again: nothing is loaded twice.\n');
  await tickloom('ingest', 'data');
  await tickloom('runs', 'list');
  console.log(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  if (keep) console.log(`Kept: cd ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}

/** Runs a command as a person would in the demo's folder, and echoes it. */
async function tickloom(...args) {
  console.log(`$ tickloom ${args.map(quoted).join(' ')}`);
  const child = spawn(process.execPath, [RUN, ...args], { cwd: folder, env: environment(), stdio: 'inherit' });
  const code = await new Promise((done, fail) => child.once('error', fail).once('exit', done));
  console.log();
  if (code !== 0) throw new Error(`demo: "tickloom ${args[0]}" ended with exit code ${code}`);
}

/** Without the settings that would lead to somebody's real database. */
function environment() {
  const own = Object.entries(process.env).filter(([name]) => !/^(TICKLOOM_|DATABASE_URL$|PG[A-Z])/.test(name));
  return { ...Object.fromEntries(own), TICKLOOM_HOME: join(folder, 'home') };
}

function quoted(text) {
  return /^[\w./,-]+$/.test(text) ? text : `"${text}"`;
}

function oneLine(sql) {
  return sql.trim().replaceAll(/\s+/g, ' ');
}
