import type { Decompress } from '../../core/pipeline/decompress.js';
import type { Chunk, Source } from '../../core/source/source.js';
import type { SourceFile, SourceQuery, SourceRequest, SourceSchema } from '../../core/source/source-definition.js';
import { filesEnding } from './dbn-file-name.js';
import type { FileSourceOptions } from './file-source.js';

/** What a source of a plugin is asked for. */
export interface SourceOrder {
  readonly paths: readonly string[];
  /** Needed for `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly options: Readonly<Record<string, unknown>>;
  readonly query: SourceQuery | null;
}

export interface SourceRequestParts {
  /** @throws SCHEMA_UNKNOWN */
  readonly schema: (name: string) => SourceSchema;
  readonly fileSource: (options: FileSourceOptions) => Source;
  readonly decompress: Decompress;
}

/** An order with what a source is given to work with. */
export function sourceRequest(
  order: SourceOrder,
  { schema, fileSource, decompress }: SourceRequestParts,
  signal: AbortSignal,
): SourceRequest {
  const { paths, stdin, options, query } = order;
  const fileOf = (chunk: Chunk): SourceFile => {
    const { source, sizeBytes, repeatable } = chunk;
    return { source, sizeBytes, repeatable, open: (opened) => kept(decompress(chunk.open(opened))) };
  };
  return {
    paths,
    options,
    query,
    schema,
    files: async (endings) => {
      const source = fileSource({ paths, kind: filesEnding(endings), ...(stdin === undefined ? {} : { stdin }) });
      return (await source.plan(signal)).map(fileOf);
    },
  };
}

/** A source may keep the bytes of a file; a decompressor uses its memory again. */
async function* kept(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of bytes) yield Uint8Array.from(piece);
}
