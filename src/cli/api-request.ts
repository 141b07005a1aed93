import { TickloomError } from '../config/errors.js';
import type { Settings } from '../config/settings.js';
import type { ApiRequest } from '../index.js';
import { required } from './required.js';

const DEFAULT_API = 'databento';
/** Flags that say what of a dataset is asked for. */
const SELECTING = ['symbols', 'stype-in', 'start', 'end', 'limit'];

/** Whether the settings mean an API: one is named, or a job without paths. @throws USAGE when paths are given as well */
export function meansApi({ api, job }: Settings, paths: readonly string[]): boolean {
  if (api === undefined) return job !== undefined && paths.length === 0;
  const [path] = paths;
  if (path === undefined) return true;
  throw new TickloomError('USAGE', `--api ${api} and the path "${path}" do not go together`, {
    hint: 'Leave out the path to get data from the API, or --api to load files.',
    context: { api },
  });
}

/**
 * Files and batch jobs are loaded whole. A selection that stands in a config file is for the requests to come; one that is
 * typed with them is meant, and cannot be had.
 * @param typed names of the flags on the command line
 * @throws USAGE for a flag that would select from them, and for one with nothing to select from
 */
export function refuseSelection(
  typed: ReadonlySet<string>,
  { api, batch, job, source }: Settings,
  [path]: readonly string[],
): void {
  const whole = batch !== undefined ? `batch job ${batch}` : path !== undefined ? `"${path}"` : undefined;
  const flag = SELECTING.find((name) => typed.has(name));
  if (api !== undefined || flag === undefined) return;
  if (whole === undefined) {
    if (job !== undefined || source !== undefined) return;
    throw new TickloomError('USAGE', `--${flag} is for a request to an API, and neither an API nor a file is named`, {
      hint: `Add --api ${DEFAULT_API} to buy and load this, or see with "tickloom plan" what it would cost.`,
      context: { flag },
    });
  }
  throw new TickloomError('USAGE', `--${flag} is for a request to an API, and ${whole} is loaded whole`, {
    hint: `Leave out --${flag}.`,
    context: { flag },
  });
}

/** What the API is asked for. @throws USAGE when something is missing */
export function apiRequest(settings: Settings): ApiRequest {
  const { dataset, schema, symbols, start } = required(settings, 'dataset', 'schema', 'symbols', 'start');
  const { api = DEFAULT_API, stypeIn, end, limit, chunkSize: chunk, withDefinitions } = settings;
  return { api, dataset, schemas: wordsOf(schema), symbols, stypeIn, start, end, limit, chunk, withDefinitions };
}

function wordsOf(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
