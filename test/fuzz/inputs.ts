import { Random } from '../../src/core/sample/random.js';
import { contentOf, type Original } from './corpus.js';
import { BYTE_MUTATIONS, DBN_MUTATIONS, mutate, ZSTD_MUTATIONS } from './mutate.js';
import { plainReading } from './plain-reading.js';
import { load, print, type Outcome } from './subject.js';

/** What kind of input it was, and what became of it, for the account. */
export interface Tried {
  readonly kind: string;
  readonly original: string;
  readonly bytes: Buffer;
  readonly outcome: string;
  /** Rows that were compared with the plain reading. */
  readonly compared: number;
}

/** Makes input number `index` of a seed, tries it, and throws when it is neither refused nor read right. */
export async function tryInput(corpus: readonly Original[], seed: number, index: number): Promise<Tried> {
  const random = new Random(seed * 10_000_019 + index);
  const original = corpus[random.below(corpus.length)] as Original;
  const turn = random.below(10);
  if (turn < 6) return tryDbn(original, random);
  return tryZstd(original, random, turn < 8 ? BYTE_MUTATIONS : [...ZSTD_MUTATIONS, ...BYTE_MUTATIONS]);
}

async function tryDbn(original: Original, random: Random): Promise<Tried> {
  const bytes = mutate(original.dbn, random.below(2) === 0 ? BYTE_MUTATIONS : DBN_MUTATIONS, random);
  const outcome = await load(bytes, {
    pieceSize: random.below(2) === 0 ? bytes.length : 1 + random.below(200),
    rung: 'fzstd',
  });
  const compared = outcome.error === null ? compare(outcome, bytes) : 0;
  if (random.below(4) === 0) await print(bytes, random.below(2) === 0 ? 'jsonl' : 'csv');
  return { kind: 'DBN', original: original.name, bytes, outcome: outcome.error ?? 'read', compared };
}

/** A changed frame with a checksum is refused, or holds what it held before. */
async function tryZstd(original: Original, random: Random, mutations: typeof BYTE_MUTATIONS): Promise<Tried> {
  const packed = original.zstd[random.below(original.zstd.length)] as Buffer;
  const bytes = mutate(packed, mutations, random);
  const program = random.below(100) === 0;
  const outcome = await load(bytes, {
    pieceSize: 1 + random.below(bytes.length + 1),
    ...(program ? {} : { rung: 'fzstd' as const }),
  });
  let compared = 0;
  if (outcome.error === null) {
    const content = await contentOf(bytes);
    const whole = frames(bytes, packed);
    if (whole === 1 && !content.equals(original.dbn)) throw new Error('other content than the one its checksum is of');
    compared = compare(outcome, content);
  }
  const kind = program ? 'zstd, by the best program' : 'zstd';
  return { kind, original: original.name, bytes, outcome: outcome.error ?? 'read', compared };
}

/** How many frames there are: a doubled one is sound, and so is its content. */
function frames(bytes: Buffer, packed: Buffer): number {
  const magic = packed.subarray(0, 4);
  let count = 0;
  for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) count += 1;
  return count;
}

/** Every row and every rejection as a plain reading of the bytes has them. */
function compare(outcome: Outcome & { error: null }, bytes: Buffer): number {
  const expected = plainReading(bytes);
  if (expected.decoded !== outcome.decoded)
    throw new Error(`decoded ${outcome.decoded} records of ${expected.decoded}`);
  for (const [ordinal, row] of outcome.rows) {
    const plain = expected.rows.get(ordinal);
    if (plain === undefined) throw new Error(`record ${ordinal} became a row and must not`);
    for (const [column, value] of Object.entries(plain)) {
      if (row[column] !== value) {
        throw new Error(`record ${ordinal}: ${column} is ${String(row[column])}, its bytes say ${String(value)}`);
      }
    }
  }
  for (const ordinal of expected.rows.keys())
    if (!outcome.rows.has(ordinal)) throw new Error(`record ${ordinal} is no row`);
  for (const ordinal of expected.rejected) {
    if (!outcome.rejected.has(ordinal)) throw new Error(`record ${ordinal} is lost: neither row nor rejected`);
  }
  if (outcome.rejected.size !== expected.rejected.size) throw new Error('a record was rejected without a reason');
  return outcome.rows.size;
}
