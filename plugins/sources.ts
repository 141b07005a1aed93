import { csv, jsonl } from './text-files/index.js';

/** The sources that come with Tickloom, besides DBN files and the Historical API. */
export const builtinSources = [csv, jsonl] as const;
export { csv, jsonl };
