import type { DependencyContainer } from 'tsyringe';
import { TickloomError } from '../core/errors/index.js';
import type { Chunk } from '../core/source/source.js';
import { fileChunks } from './file-chunks.js';
import { sourceChunks } from './source-chunks.js';
import type { IngestRequest } from './tickloom.js';
import { PARTS } from './tokens.js';

/** The source that is meant where none is named. */
const FILES = 'files';

/**
 * The chunks of everything that is not bought: DBN files, or what a source lists.
 * @throws SOURCE_UNKNOWN, API_UNKNOWN, SOURCE_OPTION_INVALID, and what the source throws
 */
export async function chunksToRead(
  parts: DependencyContainer,
  request: Pick<IngestRequest, 'paths' | 'stdin' | 'request' | 'source' | 'dataset' | 'schema' | 'dbnVersion'>,
  signal: AbortSignal,
): Promise<readonly Chunk[]> {
  const { request: query, source: choice, paths } = request;
  const options = choice?.options ?? {};
  if (query === undefined && (choice === undefined || choice.name === FILES)) {
    const [option] = Object.keys(options);
    if (option === undefined) return fileChunks(parts, request, signal);
    throw new TickloomError('SOURCE_OPTION_INVALID', `source option "${option}" is not known: "${FILES}" has none`, {
      hint: 'Leave it out, or name the source that it is for.',
      context: { option },
    });
  }
  const registry = await parts.resolve(PARTS.registry);
  for (const schema of query?.schemas ?? []) registry.get(schema);
  const sources = parts.resolve(PARTS.sources);
  const found = query === undefined ? sources.get(choice?.name ?? FILES, 'paths') : sources.get(query.api, 'query');
  const stdin = request.stdin === undefined ? {} : { stdin: request.stdin };
  return sourceChunks(parts, found, { paths, options, query: query ?? null, ...stdin }, signal);
}
