import type { RunDetails, Tickloom } from '../index.js';
import { TickloomError } from '../config/errors.js';

/** Finds a run by its id, the beginning of it, or `latest`. @throws NOT_FOUND */
export async function findRun({ runs }: Tickloom, id: string): Promise<RunDetails> {
  if (id !== 'latest') return runs.show(id);
  const [latest] = await runs.list({ limit: 1 });
  if (latest !== undefined) return runs.show(latest.run_id);
  throw new TickloomError('NOT_FOUND', 'there is no latest run: nothing has been loaded yet', {
    hint: 'Load something first: tickloom ingest PATH',
  });
}
