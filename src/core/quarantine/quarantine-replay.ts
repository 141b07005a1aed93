import { createRowTransform } from '../compile/create-row-transform.js';
import type { RowTransform } from '../compile/row-transform.js';
import { decodeMetadata } from '../dbn/decode/decode-metadata.js';
import { asTickloomError, TickloomError } from '../errors/index.js';
import { reportedError } from '../pipeline/chunk-report.js';
import type { PluginRegistry, RegisteredSchema } from '../registry/plugin-registry.js';
import type { ReportedError } from '../report/run-report.js';
import { SymbolResolver } from '../symbology/symbol-resolver.js';
import { batchOfEntries } from './entry-batch.js';
import type { EntrySelection, ReplayEntry, ReplayStore, ReplayTransaction, StoredMapping } from './replay-store.js';

/** What became of the entries of one chunk. */
export interface ReplayedChunk {
  readonly chunk_id: number;
  readonly source: string;
  /** Now rows at their places. */
  replayed: number;
  /** Now no rows of their own: a later chunk had brought them already. */
  already_there: number;
  still_open: number;
  /** Why nothing of the chunk was changed. */
  error: ReportedError | null;
}

/** What `quarantine replay --json` prints. */
export interface ReplayReport {
  /** `incomplete` when some stay in quarantine. */
  readonly status: 'complete' | 'incomplete';
  readonly replayed: number;
  readonly already_there: number;
  readonly still_open: number;
  readonly details: readonly ReplayedChunk[];
}

/** Entries in hand at a time: a few MB at the most. */
const ENTRIES_AT_ONCE = 4096;

/** Sends quarantined records through the present plugins. What is a row now lands at its ordinal, once. */
export class QuarantineReplay {
  constructor(
    private readonly registry: PluginRegistry,
    private readonly store: ReplayStore,
    private readonly signal: AbortSignal,
  ) {}

  /** @throws NOT_FOUND, CANCELLED, and what the database throws; what is wrong with one chunk is in the report */
  async run(selection: EntrySelection): Promise<ReplayReport> {
    if (this.signal.aborted) throw cancelled();
    const details: ReplayedChunk[] = [];
    for (const chunkId of await this.store.chunks(selection)) {
      if (this.signal.aborted) throw cancelled();
      const done = await this.#chunk(chunkId, selection);
      if (done !== undefined) details.push(done);
    }
    const sum = (count: 'replayed' | 'already_there' | 'still_open'): number =>
      details.reduce((total, chunk) => total + chunk[count], 0);
    const stillOpen = sum('still_open');
    const complete = stillOpen === 0 && details.every(({ error }) => error === null);
    return {
      status: complete ? 'complete' : 'incomplete',
      replayed: sum('replayed'),
      already_there: sum('already_there'),
      still_open: stillOpen,
      details,
    };
  }

  async #chunk(chunkId: number, selection: EntrySelection): Promise<ReplayedChunk | undefined> {
    const transaction = await this.store.begin(chunkId, selection, this.signal);
    if (transaction === undefined) return undefined;
    const { source } = transaction.chunk;
    const done: ReplayedChunk = {
      chunk_id: chunkId,
      source,
      replayed: 0,
      already_there: 0,
      still_open: 0,
      error: null,
    };
    let taken = 0;
    let pass: ChunkReplay | undefined;
    try {
      pass = new ChunkReplay(this.registry, transaction);
      for (let behind = -1; ;) {
        if (this.signal.aborted) throw cancelled();
        const entries = await transaction.entries(behind, ENTRIES_AT_ONCE);
        const last = entries.at(-1);
        if (last === undefined) break;
        taken += entries.length;
        done.still_open += await pass.take(entries);
        behind = last.ordinal;
      }
      const { loaded, alreadyLoaded } = await transaction.settle(pass.symbols.counts);
      await transaction.commit();
      return { ...done, replayed: loaded, already_there: alreadyLoaded };
    } catch (thrown) {
      await transaction.rollback();
      const error = asTickloomError(thrown);
      if (error.action !== 'fail-chunk') throw error;
      return { ...done, still_open: taken, error: reportedError(error) };
    } finally {
      pass?.close();
    }
  }
}

/** The present plugins, set up for the records of one chunk. */
class ChunkReplay {
  readonly symbols: SymbolResolver;
  readonly #transforms = new Map<string, RowTransform>();

  constructor(
    private readonly registry: PluginRegistry,
    private readonly transaction: ReplayTransaction,
  ) {
    const { dataset, header } = transaction.chunk;
    this.symbols = new SymbolResolver(dataset, header === null ? null : decodeMetadata(header));
  }

  /** Call when it is no longer needed. */
  close(): void {
    for (const transform of this.#transforms.values()) transform.close();
  }

  /** @returns how many stay open */
  async take(entries: readonly ReplayEntry[]): Promise<number> {
    await this.#learnSymbols(entries);
    const bySchema = new Map<string, ReplayEntry[]>();
    for (const entry of entries) {
      const alike = bySchema.get(entry.schema);
      if (alike === undefined) bySchema.set(entry.schema, [entry]);
      else alike.push(entry);
    }
    let open = 0;
    for (const [name, alike] of bySchema) {
      const schema = this.registry.find(name);
      // without its plugin nothing new can be said of a record
      open += schema === undefined ? alike.length : await this.#schema(schema, alike);
    }
    return open;
  }

  async #schema(schema: RegisteredSchema, entries: readonly ReplayEntry[]): Promise<number> {
    const { transaction } = this;
    const { tuples, rows, rejections } = this.#transformOf(schema).transform(
      batchOfEntries(transaction.chunk, schema, entries),
    );
    const plugin = { name: schema.plugin.name, version: schema.plugin.version };
    const reasons = new Map(rejections.map((rejection) => [rejection.ordinal, rejection.reasons]));
    const accepted = entries.filter(({ ordinal }) => !reasons.has(ordinal));
    if (accepted.length !== rows) throw new TickloomError('INVARIANT', 'a replay lost count of its records');
    if (rows > 0) await transaction.accept(schema.table, tuples, accepted, plugin);
    const rejected = entries.flatMap((entry) => {
      const why = reasons.get(entry.ordinal);
      return why === undefined ? [] : [{ entry, reasons: why }];
    });
    if (rejected.length > 0) await transaction.reject(rejected, plugin);
    return rejected.length;
  }

  #transformOf(schema: RegisteredSchema): RowTransform {
    const known = this.#transforms.get(schema.name);
    if (known !== undefined) return known;
    const { chunkId, dataset, version } = this.transaction.chunk;
    const made = createRowTransform({ schema, version, dataset, chunkId, symbols: this.symbols });
    this.#transforms.set(schema.name, made);
    return made;
  }

  /** Mappings that came as records are not there any more: the table of all mappings stands in for them. */
  async #learnSymbols(entries: readonly ReplayEntry[]): Promise<void> {
    const { chunk } = this.transaction;
    if (chunk.control === 0) return;
    const ids = [...new Set(entries.map(({ instrumentId }) => instrumentId))];
    this.symbols.learn(preferred(await this.transaction.mappings(ids), chunk.alias ? 'continuous' : 'raw_symbol'));
  }
}

/** Of each instrument the mappings in this symbology, or all that there are. */
function preferred(mappings: readonly StoredMapping[], stypeIn: string): StoredMapping[] {
  const named = new Set(mappings.filter((mapping) => mapping.stypeIn === stypeIn).map((each) => each.instrumentId));
  return mappings.filter((mapping) => mapping.stypeIn === stypeIn || !named.has(mapping.instrumentId));
}

const cancelled = (): TickloomError =>
  new TickloomError('CANCELLED', 'the replay was interrupted', { hint: 'Run the same command again to go on.' });
