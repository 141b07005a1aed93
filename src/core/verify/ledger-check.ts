import { Digest } from '../digest/digest.js';
import { entryHasher, HASHED_ENTRY_COLUMNS, rowHasher } from '../digest/hashers.js';
import type { RowHasher } from '../digest/row-hasher.js';
import { copyTuples } from '../export/copy-tuples.js';
import type { TableSpec } from '../model/model-spec.js';
import { type ChunkVerdict, difference, type Difference } from './verify-report.js';
import type { LedgerChunk, VerifySession } from './verify-store.js';
import { counted } from '../text/counted.js';

/** What stands in the tables under one chunk id. */
interface Tally {
  rows: number;
  readonly rowDigest: Digest;
  entries: number;
  readonly entryDigest: Digest;
}

/** Length and value of an int8. */
const CHUNK_CELL = 12;

/**
 * Counts and digests of what is held, by chunk: one pass over each table, whatever the number of chunks, and no more
 * memory than a few words for each chunk.
 */
export class LedgerCheck {
  readonly #tallies = new Map<number, Tally>();
  /** By table, rows of each chunk id. */
  readonly #tables = new Map<string, Map<number, number>>();

  constructor(
    private readonly session: VerifySession,
    /** `null`: look at everything there is. */
    private readonly chunkIds: readonly number[] | null,
  ) {}

  async readTable(table: TableSpec): Promise<number> {
    const rows = new Map<number, number>();
    this.#tables.set(table.name, rows);
    let total = 0;
    await this.#read(this.session.rows(table, this.chunkIds), rowHasher(table), (chunkId, tally) => {
      tally.rows++;
      total++;
      rows.set(chunkId, (rows.get(chunkId) ?? 0) + 1);
      return tally.rowDigest;
    });
    return total;
  }

  async readQuarantine(): Promise<void> {
    await this.#read(this.session.entries(this.chunkIds), entryHasher(HASHED_ENTRY_COLUMNS), (_, tally) => {
      tally.entries++;
      return tally.entryDigest;
    });
  }

  /** Compares what was read with what the ledger says of a chunk. */
  judge(chunk: LedgerChunk): ChunkVerdict {
    const { chunkId, source, dataset, schema, loaded, quarantined } = chunk;
    const held = this.#tallies.get(chunkId) ?? newTally();
    const differences: Difference[] = [];
    const notes: string[] = [];
    if (held.rows !== loaded) {
      differences.push(countDiffers('row_count', chunkId, `it holds ${counted(held.rows, 'row')}`, held.rows, loaded));
    } else if (chunk.rowDigest === null) {
      notes.push('it was loaded before digests were kept: only its counts were compared');
    } else if (!Digest.parse(chunk.rowDigest).equals(held.rowDigest)) {
      differences.push(digested('row_digest', chunkId, 'rows', held.rowDigest, chunk.rowDigest));
    }
    if (held.entries !== quarantined) {
      const what = `quarantine holds ${counted(held.entries, 'record')} of it`;
      differences.push(countDiffers('quarantine_count', chunkId, what, held.entries, quarantined));
    } else if (chunk.quarantineDigest !== null && !Digest.parse(chunk.quarantineDigest).equals(held.entryDigest)) {
      differences.push(
        digested('quarantine_digest', chunkId, 'quarantined records', held.entryDigest, chunk.quarantineDigest),
      );
    }
    return {
      chunk_id: chunkId,
      source,
      dataset,
      schema,
      status: differences.length === 0 ? 'ok' : 'differs',
      rows: { expected: loaded, held: held.rows },
      quarantined: { expected: quarantined, held: held.entries },
      original: null,
      not_stored: null,
      differences,
      notes,
    };
  }

  /** Rows under ids that are not among those known. */
  strays(known: ReadonlySet<number>): Difference[] {
    return [...this.#tables].flatMap(([table, rows]) =>
      [...rows]
        .filter(([chunkId]) => !known.has(chunkId))
        .map(([chunkId, count]) => {
          const message = `${table} holds ${counted(count, 'row')} of chunk_id ${chunkId}, and the ledger has no such chunk loaded`;
          return difference('stray_rows', message, {
            chunk_id: chunkId,
            table,
            held: String(count),
            expected: '0',
          });
        }),
    );
  }

  async #read(
    pieces: AsyncIterable<Uint8Array>,
    hasher: RowHasher,
    count: (chunkId: number, tally: Tally) => Digest,
  ): Promise<void> {
    let lastId = -1;
    let tally = newTally();
    for await (const { view, starts } of copyTuples(pieces)) {
      for (const start of starts) {
        const chunkId = view.getInt32(start + 4) * 4294967296 + view.getUint32(start + 8);
        if (chunkId !== lastId) {
          tally = this.#tallyOf(chunkId);
          lastId = chunkId;
        }
        hasher.add(count(chunkId, tally), view, start + CHUNK_CELL);
      }
    }
  }

  #tallyOf(chunkId: number): Tally {
    let tally = this.#tallies.get(chunkId);
    if (tally === undefined) this.#tallies.set(chunkId, (tally = newTally()));
    return tally;
  }
}

const newTally = (): Tally => ({ rows: 0, rowDigest: new Digest(), entries: 0, entryDigest: new Digest() });

function countDiffers(
  kind: 'row_count' | 'quarantine_count',
  chunkId: number,
  what: string,
  held: number,
  expected: number,
): Difference {
  const more = { chunk_id: chunkId, held: String(held), expected: String(expected) };
  return difference(kind, `${what}, the ledger says ${expected}`, more);
}

function digested(
  kind: 'row_digest' | 'quarantine_digest',
  chunkId: number,
  what: string,
  held: Digest,
  expected: string,
): Difference {
  const message = `as many ${what} are held as the ledger says, and they are not the same: digest ${String(held)}, expected ${expected}`;
  return difference(kind, message, { chunk_id: chunkId, held: String(held), expected });
}
