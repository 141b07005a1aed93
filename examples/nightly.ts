/**
 * A nightly job for cron: buys a day, never for more than a dollar, verifies what is held, and writes one line of JSON. What
 * was bought or loaded before is not bought or loaded again, so that it may run as often as one likes.
 *
 *     DATABASE_URL=postgresql://me@localhost/ticks DATABENTO_API_KEY=db-… node dist/examples/nightly.js [2024-01-09]
 */
import { createTickloom, isTickloomError } from 'tickloom';

const DAY_MS = 86_400_000;
const TRIES = 3;
const SYMBOLS = ['ES.c.0', 'NQ.c.0'];

const yesterday = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
const start = process.argv[2] ?? yesterday;
const end = new Date(Date.parse(start) + DAY_MS).toISOString().slice(0, 10);
const tickloom = createTickloom({ env: process.env });
const request = { api: 'databento', dataset: 'GLBX.MDP3', schemas: ['trades'], symbols: SYMBOLS, start, end } as const;

async function ingest() {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tickloom.ingest({ paths: [], request, spending: { maxCost: '1.00' }, concurrency: 2 });
    } catch (error) {
      // database or service out of reach; everything else is for a person to set right
      if (!isTickloomError(error) || error.action !== 'retry' || attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 60_000));
    }
  }
}

try {
  const { run_id, status, records, cost_usd } = await ingest();
  const verified = await tickloom.verify({ runId: run_id });
  console.log(JSON.stringify({ day: start, status, records, cost_usd, verified: verified.status }));
  if (status !== 'complete' || verified.status !== 'ok') process.exitCode = 1;
} catch (error) {
  if (!isTickloomError(error)) throw error;
  const { code, message, hint } = error;
  console.log(JSON.stringify({ day: start, status: 'failed', code, message, hint }));
  process.exitCode = 1;
} finally {
  await tickloom.close();
}
