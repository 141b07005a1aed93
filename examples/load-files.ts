/**
 * A script: loads files, asks the database a question, and ends with 1 when something was not loaded.
 *
 *     DATABASE_URL=postgresql://me@localhost/ticks node dist/examples/load-files.js data/*.dbn.zst
 */
import { createTickloom, isTickloomError } from 'tickloom';

const tickloom = createTickloom({ env: process.env });
try {
  const report = await tickloom.ingest({ paths: process.argv.slice(2) });
  console.log(`${report.status}: ${report.records.loaded} loaded, ${report.records.already_loaded} there already`);
  for (const { source, error } of report.details) {
    if (error !== null) console.log(`${source}: ${error.code}: ${error.message}`);
  }
  const { batches } = await tickloom.query('select symbol, count(*) from trades group by symbol order by symbol');
  for await (const rows of batches) for (const row of rows) console.log(row.join(' '));
  if (report.status !== 'complete') process.exitCode = 1;
} catch (error) {
  if (!isTickloomError(error)) throw error;
  console.log(`${error.code}: ${error.message}. ${error.hint ?? ''}`);
  process.exitCode = 1;
} finally {
  await tickloom.close();
}
