import { TickloomError } from '../config/errors.js';
import type { Settings } from '../config/settings.js';

/** The batch job that the settings name. @throws USAGE when paths, an API's request or a source are given as well */
export function batchJob({ batch, api, source }: Settings, paths: readonly string[]): string | undefined {
  if (batch === undefined) return undefined;
  const [path] = paths;
  const other = path === undefined ? [api, source].find((name) => name !== undefined) : `"${path}"`;
  if (other === undefined) return batch;
  throw new TickloomError('USAGE', `--batch and ${other} do not go together`, {
    hint: 'Leave one of them out: a batch job says itself what it holds.',
  });
}
