import { TickloomError } from '../errors/index.js';
import { isSameRequest } from './archived-entries.js';
import {
  archivedPart,
  batchPart,
  comingJobNote,
  type DraftPart,
  freePart,
  purchase,
  type RangeSituation,
  takenJobNotes,
} from './draft-parts.js';
import type { PlanNote } from './range-plan.js';
import { comingJobs, takeSameJob } from './take-jobs.js';

/**
 * Plans a request with a limit. The limit counts over all of it, so it is asked for at once, whole, whatever is there of
 * it; only the same request in the archive or in a batch job, or coverage of the whole range, makes that needless.
 * @throws USAGE for symbols that cannot be asked for together
 */
export async function planLimited(situation: RangeSituation, notes: PlanNote[]): Promise<DraftPart[]> {
  const { request, groups, meanings, conditions, missing, entries } = situation;
  const [symbols = [], ...others] = groups;
  if (others.length > 0) throw notAtOnce(others);
  const pendingFrom = conditions.pending.find(({ end }) => end > request.start)?.start ?? request.end;
  const end = pendingFrom < request.end ? pendingFrom : request.end;
  const pending =
    end < request.end
      ? [
          freePart(situation, 'pending', {
            range: { start: end > request.start ? end : request.start, end: request.end },
            symbols,
          }),
        ]
      : [];
  if (end <= request.start) return pending;
  const finished = { ...request, end };
  const stretch = { range: { start: request.start, end }, symbols };
  const same = entries.find((entry) => isSameRequest(entry.request, finished));
  if ([...missing.values()].flat().every(({ start }) => start >= end)) {
    return [freePart(situation, 'covered', stretch), ...pending];
  }
  if (same !== undefined) return [archivedPart(same), ...pending];
  if (meanings.hull(symbols, finished) === null) return [freePart(situation, 'empty', stretch), ...pending];
  const jobs = await situation.jobs();
  const taken = takeSameJob(finished, jobs.finished, conditions);
  if (taken === undefined) {
    notes.push(...comingJobs(finished, missing, jobs.coming, conditions).map(comingJobNote));
    return [purchase(situation, stretch), ...pending];
  }
  notes.push(...takenJobNotes(situation, [taken]));
  const doubtful = taken.inDoubt.length === 0 ? [] : [purchase(situation, stretch)];
  return [batchPart(situation, taken), ...doubtful, ...pending];
}

function notAtOnce(others: readonly (readonly string[])[]): TickloomError {
  const first = others[0]?.[0] ?? '';
  return new TickloomError(
    'USAGE',
    `a limit counts over a whole request, and the symbols from "${first}" on cannot be asked for together with those before: at most 2,000 go into one request, and no two that mean one instrument on one day`,
    { hint: 'Leave out --limit, or ask for these symbols in runs of their own.', context: { setting: 'limit' } },
  );
}
