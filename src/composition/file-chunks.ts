import type { DependencyContainer } from 'tsyringe';
import type { Chunk } from '../core/source/source.js';
import { fragmentOf } from './fragment-of.js';
import type { IngestRequest } from './tickloom.js';
import { PARTS } from './tokens.js';

/** The chunks that paths stand for. @throws USAGE, SCHEMA_UNKNOWN for fragments, and what finding the files throws */
export async function fileChunks(
  parts: DependencyContainer,
  request: Pick<IngestRequest, 'paths' | 'stdin' | 'dataset' | 'schema' | 'dbnVersion'>,
  signal: AbortSignal,
): Promise<readonly Chunk[]> {
  const fragment = fragmentOf(request);
  if (fragment !== null) (await parts.resolve(PARTS.registry)).get(fragment.schema);
  const source = parts.resolve(PARTS.fileSource)({
    paths: request.paths,
    fragment,
    decompress: parts.resolve(PARTS.decompress),
    ...(request.stdin === undefined ? {} : { stdin: request.stdin }),
  });
  return source.plan(signal);
}
