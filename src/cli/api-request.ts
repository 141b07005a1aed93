import { TickloomError } from '../config/errors.js';
import type { Settings } from '../config/settings.js';
import type { ApiRequest } from '../index.js';
import { required } from './required.js';

const DEFAULT_API = 'databento';

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
