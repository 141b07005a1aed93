import { Digest } from '../../../core/digest/digest.js';
import { entryHasher, HASHED_ENTRY_COLUMNS, rowHasher } from '../../../core/digest/hashers.js';
import type { RowHasher } from '../../../core/digest/row-hasher.js';
import { copyTuples } from '../../../core/export/copy-tuples.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import { copyOut } from '../connection/copy-out.js';
import type { Session } from '../connection/session.js';
import { quoteIdentifier } from '../identifiers.js';

/** By chunk id: what rows or entries that are there add to its digest. */
export type DigestsByChunk = ReadonlyMap<number, Digest>;

/** @param source what follows FROM, with the data table as `r`; no parameters */
export async function digestsOfRows(session: Session, table: TableSpec, source: string): Promise<DigestsByChunk> {
  const columns = table.columns.map(({ name }) => `r.${quoteIdentifier(name)}`).join(', ');
  return digestsOf(session, rowHasher(table), `select r.chunk_id, ${columns} from ${source}`);
}

/** @param source what follows FROM, with the table of quarantine entries as `q`; no parameters */
export async function digestsOfEntries(session: Session, source: string): Promise<DigestsByChunk> {
  const columns = HASHED_ENTRY_COLUMNS.map((name) => `q.${name}`).join(', ');
  return digestsOf(session, entryHasher(HASHED_ENTRY_COLUMNS), `select q.chunk_id, ${columns} from ${source}`);
}

/** Length and value of an int8. */
const CHUNK_CELL = 12;

async function digestsOf(session: Session, hasher: RowHasher, select: string): Promise<DigestsByChunk> {
  const digests = new Map<number, Digest>();
  for await (const { view, starts } of copyTuples(copyOut(session, select))) {
    for (const start of starts) {
      const chunkId = Number(view.getBigInt64(start + 4));
      let digest = digests.get(chunkId);
      if (digest === undefined) digests.set(chunkId, (digest = new Digest()));
      hasher.add(digest, view, start + CHUNK_CELL);
    }
  }
  return digests;
}
