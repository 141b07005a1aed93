import { intersection, overlaps } from '../coverage/range-set.js';
import { meaningsOf, type MissingBySymbol } from './archived-entries.js';
import type { RangeSituation } from './draft-parts.js';
import type { FinishedJob } from './finished-job.js';
import { coverageOf, HeldCoverage } from './held-coverage.js';
import { jobContents } from './job-contents.js';
import { ALL_SYMBOLS } from './range-request.js';

/**
 * The finished jobs that have some of what is missing under another kind of name: a parent's, of which a raw symbol is
 * asked for, or the other way round. What their symbols mean is asked for nothing, and only where there are such jobs.
 */
export async function jobsByOtherNames(
  situation: RangeSituation,
  missing: MissingBySymbol,
  jobs: readonly FinishedJob[],
): Promise<readonly FinishedJob[]> {
  const { api, call, request, meanings, conditions } = situation;
  const near = jobs.filter(({ request: has }) => mayBring(has));
  if (near.length === 0) return [];
  const asked = near.map((job) => job.request);
  const known = await meaningsOf(api, request, meanings, asked, call);
  return near.filter((job) => {
    const { certain, inDoubt } = jobContents(job, conditions);
    const brought = new HeldCoverage(coverageOf(job.request, known(job.request.stypeIn)));
    return [...missing].some(([symbol, ranges]) => {
      const meant = meanings.of(symbol);
      const wanted = intersection(ranges, [...certain, ...inDoubt]);
      return meant !== 'everything' && wanted.some((range) => brought.heldMeanings(meant, range).length > 0);
    });
  });

  function mayBring(has: FinishedJob['request']): boolean {
    const alias = [has, request].some(({ stypeIn }) => stypeIn === 'continuous');
    return (
      !alias &&
      has.dataset === request.dataset &&
      has.schema === request.schema &&
      has.stypeIn !== request.stypeIn &&
      has.limit === null &&
      !has.symbols.includes(ALL_SYMBOLS) &&
      overlaps(has, request)
    );
  }
}
