import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { FileSource } from '../adapters/files/file-source.js';
import { sourceRequest } from '../adapters/files/source-request.js';
import { decompress } from '../adapters/zstd/index.js';
import { IndexTimestampWatch } from '../core/coverage/index-timestamp-watch.js';
import { isTickloomError } from '../core/errors/index.js';
import { ChunkReader } from '../core/pipeline/chunk-reader.js';
import { PluginRegistry } from '../core/registry/plugin-registry.js';
import type { Chunk, Source } from '../core/source/source.js';
import { isSource, type SourceDefinition, type SourceQuery } from '../core/source/source-definition.js';
import { builtinPlugins } from '../../plugins/index.js';
import { stdoutOf } from './stdout-of.js';
import type { TestRunner } from './test-runner.js';

/** What a run asks a source for: what stands behind `--source NAME`, or `--api NAME`. */
export interface SourceCall {
  readonly paths?: readonly string[];
  /** As in a config file. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly query?: SourceQuery;
}

export interface SourceSuiteOptions extends TestRunner, SourceCall {
  /** Schema plugins, besides the bundled ones, whose records the source brings. */
  readonly plugins?: readonly unknown[];
  /** Calls that must be refused with an error that says what to do, before anything is opened. */
  readonly refuses?: readonly SourceCall[];
}

/** A list of chunks is made anew for each call of this. */
type List = (call?: SourceCall, signal?: AbortSignal) => Promise<readonly Chunk[]>;

const NEVER = new AbortController().signal;

/**
 * What every source must pass; ours and those of plugins do. The chunks are listed as a run would list them, fetched
 * where they have to be, and read to the end.
 *
 * @param source what `defineSource` made, asked for what the options say; or a function that makes a source
 */
export function describeSource(
  source: SourceDefinition | (() => Source | Promise<Source>),
  options: SourceSuiteOptions,
): void {
  const { describe, it, plugins = [], refuses = [] } = options;
  const registry = new PluginRegistry();
  for (const plugin of builtinPlugins) registry.register(plugin, 'built in');
  for (const plugin of plugins) registry.register(plugin, 'the suite');
  const list: List = async (call = options, signal = NEVER) =>
    (await (isSource(source) ? create(source, call, registry, signal) : source())).plan(signal);
  let within: Promise<readonly Chunk[]> | undefined;
  const chunks = (): Promise<readonly Chunk[]> => (within ??= list().then(withinReach));
  const each = async (look: (chunk: Chunk) => Promise<void>, which = (_: Chunk): boolean => true): Promise<void> => {
    for (const chunk of (await chunks()).filter(which)) await look(chunk);
  };

  describe('keeps the promises of a source', () => {
    it('lists chunks, each with a name for people', async () => {
      const found = await chunks();
      assert.ok(found.length > 0, 'it lists no chunk: ask it for something that is there');
      for (const chunk of found) {
        const { source: name, sizeBytes, repeatable, origin } = chunk;
        assert.ok(typeof name === 'string' && name.trim() !== '', 'a chunk has no name');
        assert.ok(sizeBytes === null || Number.isSafeInteger(sizeBytes), `"${name}" has the size ${String(sizeBytes)}`);
        assert.equal(typeof repeatable, 'boolean', `"${name}" does not say whether it can be read again`);
        assert.equal(typeof chunk.open, 'function', `"${name}" cannot be opened`);
        for (const path of origin?.locations ?? []) assert.ok(isAbsolute(path), `"${path}" is no absolute path`);
      }
    });

    it('lists the same chunks in the same order, however often it is asked', async () => {
      const names = (found: readonly Chunk[]): string[] => found.map(({ source: name }) => name);
      assert.deepEqual(names(await list()), names(await chunks()));
    });

    it('gives streams that can be read to their ends, of records and schemas that are known', () =>
      each((chunk) => readThrough(chunk, registry)));

    it('gives the same bytes whenever it is read again, and beside another reading', () =>
      each(async (chunk) => {
        const [one, two] = await Promise.all([digestOf(chunk), digestOf(chunk)]);
        assert.equal(two, one, `"${chunk.source}" gives other bytes at the second reading`);
      }, canBeReadAgain));

    it('leaves the bytes that it gave as they are', () =>
      each(async (chunk) => {
        const kept: { readonly piece: Uint8Array; readonly digest: string }[] = [];
        for await (const piece of chunk.open(NEVER)) {
          assert.ok(piece instanceof Uint8Array, `"${chunk.source}" gives something that is no Uint8Array`);
          kept.push({ piece, digest: sha256(piece) });
        }
        const changed = kept.findIndex(({ piece, digest }) => sha256(piece) !== digest);
        assert.equal(changed, -1, `piece ${changed} of "${chunk.source}" was written over later`);
      }, canBeReadAgain));

    it('may be left in the middle, and is read from the beginning the next time', () =>
      each(async (chunk) => {
        for await (const piece of chunk.open(NEVER)) {
          assert.ok(piece.byteLength >= 0);
          break;
        }
        await readThrough(chunk, registry);
      }, canBeReadAgain));

    it('ends with CANCELLED, if with anything, when the run is aborted', () =>
      each(async (chunk) => {
        const stop = new AbortController();
        try {
          for await (const piece of chunk.open(stop.signal)) {
            assert.ok(piece.byteLength >= 0);
            stop.abort();
          }
        } catch (error) {
          assert.ok(isTickloomError(error) && error.code === 'CANCELLED', `aborted, it throws ${String(error)}`);
        }
      }, canBeReadAgain));

    it('writes nothing to stdout', async () => {
      const written = await stdoutOf(async () => {
        await list();
        await each(async (chunk) => void (await digestOf(chunk)), canBeReadAgain);
      });
      assert.equal(written, '');
    });

    refuses.forEach((call, index) => {
      it(`refuses call ${index + 1} of those that are wrong, and says what to do`, async () => {
        const error = await list(call).then(
          () => assert.fail(`it takes ${JSON.stringify(call)}`),
          (thrown: unknown) => thrown,
        );
        assert.ok(isTickloomError(error), `it throws ${String(error)}, which is no TickloomError`);
        assert.equal(error.action, 'fix', `${error.code} is no error of usage`);
        assert.ok((error.hint ?? '') !== '', `${error.code} has no hint`);
      });
    });
  });
}

async function create(
  definition: SourceDefinition,
  { paths = [], options = {}, query }: SourceCall,
  registry: PluginRegistry,
  signal: AbortSignal,
): Promise<Source> {
  const schema = (name: string) => {
    const { rtype, model } = registry.get(name);
    return { name, rtype, model: model.cls };
  };
  const parts = {
    schema,
    decompress,
    fileSource: (wanted: { readonly paths: readonly string[] }) => new FileSource(wanted),
  };
  return definition.create(sourceRequest({ paths, options, query: query ?? null }, parts, signal));
}

async function withinReach(chunks: readonly Chunk[]): Promise<readonly Chunk[]> {
  for (const chunk of chunks) {
    await chunk.fetch?.({
      signal: NEVER,
      onBytes: (bytes) => assert.ok(bytes >= 0, `"${chunk.source}" fetched ${bytes} bytes`),
      onNote: (_level, text) => assert.equal(typeof text, 'string'),
    });
  }
  return chunks;
}

/** Reads a chunk as a run does, and compares what it holds with what it says of itself. */
async function readThrough(chunk: Chunk, registry: PluginRegistry): Promise<void> {
  const reader = new ChunkReader(chunk, decompress, NEVER);
  const watch = new IndexTimestampWatch();
  try {
    const { metadata = null } = await reader.header();
    const declared = metadata ?? chunk.fragment;
    assert.ok(declared !== null, `"${chunk.source}" has neither a header nor a fragment declaration`);
    assert.notEqual(declared.dataset, '', `"${chunk.source}" names no dataset`);
    if (declared.schema !== null) registry.get(declared.schema);
    for await (const batch of reader.batches()) {
      const known = batch.layout !== undefined || registry.schemaFor(declared.schema, batch.rtype) !== undefined;
      assert.ok(known, `"${chunk.source}" has records of rtype ${batch.rtype}, which no schema has`);
      if (batch.layout?.control !== true) watch.watch(batch);
    }
    const claims = metadata !== null && metadata.symbols.length > 0 && metadata.end !== null;
    if (!claims || watch.seen === null) return;
    const { start, end } = metadata;
    const { first, last } = watch.seen;
    assert.ok(first >= start && last < (end as bigint), `"${chunk.source}" has records outside of the range it covers`);
  } finally {
    await reader.close();
  }
}

const canBeReadAgain = ({ repeatable }: Chunk): boolean => repeatable;

async function digestOf(chunk: Chunk): Promise<string> {
  const hash = createHash('sha256');
  for (const part of chunk.parts ?? [chunk]) for await (const piece of part.open(NEVER)) hash.update(piece);
  return hash.digest('hex');
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
