import type { DependencyContainer } from 'tsyringe';
import { sourceRequest, type SourceOrder } from '../adapters/files/source-request.js';
import { isTickloomError, TickloomError } from '../core/errors/index.js';
import type { RegisteredSource } from '../core/registry/source-registry.js';
import type { Chunk, FetchContext, Source } from '../core/source/source.js';
import type { SourceSchema } from '../core/source/source-definition.js';
import { redact } from '../core/text/redact.js';
import { PARTS } from './tokens.js';

/**
 * The chunks that a source of a plugin lists, watched over: whatever else goes wrong in the plugin's code while it reads
 * fails its chunk, and is not taken for a defect of Tickloom.
 * @throws what the source throws; SOURCE_FAILED for what is no error of ours, PLUGIN_INVALID when it gives no chunks
 */
export async function sourceChunks(
  parts: DependencyContainer,
  { definition, origin }: RegisteredSource,
  order: SourceOrder,
  signal: AbortSignal,
): Promise<readonly Chunk[]> {
  const { name } = definition;
  const registry = await parts.resolve(PARTS.registry);
  const schema = (wanted: string): SourceSchema => {
    const { rtype, model } = registry.get(wanted);
    return { name: wanted, rtype, model: model.cls };
  };
  const given = { schema, fileSource: parts.resolve(PARTS.fileSource), decompress: parts.resolve(PARTS.decompress) };
  const request = sourceRequest(order, given, signal);
  const chunks: unknown = await watched(name, 'listing what there is', async () => {
    const source: Source = await definition.create(request);
    return source.plan(signal);
  });
  if (!Array.isArray(chunks) || !chunks.every(isChunk)) {
    throw new TickloomError('PLUGIN_INVALID', `source "${name}" (${origin}) lists something that is no chunk`, {
      hint: 'Let plan() give a list of chunks: what recordChunk({ … }) returns, or objects with source and open.',
      context: { source: name, origin },
    });
  }
  return chunks.map((chunk) => watchedChunk(name, chunk));
}

function isChunk(value: unknown): value is Chunk {
  if (typeof value !== 'object' || value === null) return false;
  const { source, open } = value as Partial<Chunk>;
  return typeof source === 'string' && typeof open === 'function';
}

function watchedChunk(name: string, chunk: Chunk): Chunk {
  const { origin, sizeBytes = null, fragment = null, repeatable = false, subject, parts, mayGoOn } = chunk;
  // the name goes into the ledger, and may be the address that the plugin asks, with a password in it
  const source = redact(chunk.source);
  return {
    source,
    get origin() {
      return chunk.origin ?? origin;
    },
    sizeBytes,
    fragment,
    repeatable,
    ...(subject === undefined ? {} : { subject }),
    ...(parts === undefined ? {} : { parts }),
    ...(mayGoOn === undefined ? {} : { mayGoOn }),
    ...(chunk.partsStartApart === undefined ? {} : { partsStartApart: chunk.partsStartApart }),
    ...(chunk.fetch === undefined
      ? {}
      : {
          fetch: (context: FetchContext) => watched(name, `fetching "${source}"`, async () => chunk.fetch?.(context)),
        }),
    async *open(signal) {
      try {
        yield* chunk.open(signal);
      } catch (error) {
        throw failureOf(name, `reading "${source}"`, error);
      }
    },
  };
}

async function watched<T>(name: string, doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(name, doing, error);
  }
}

function failureOf(name: string, doing: string, error: unknown): unknown {
  if (isTickloomError(error)) return error;
  const why = redact(error instanceof Error ? error.message : String(error));
  return new TickloomError('SOURCE_FAILED', `source "${name}" failed, ${doing}: ${why}`, {
    hint: 'Run it again with --verbose to see where, and tell the author of the plugin.',
    context: { source: name },
    cause: error,
  });
}
