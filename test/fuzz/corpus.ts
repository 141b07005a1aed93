import { decompress } from '../../src/adapters/zstd/index.js';
import { rawFrame } from '../../src/adapters/zstd/raw-frame.js';
import { compress } from '../../src/adapters/zstd/compress.js';
import { encodeDbn, newMetadata, type RecordToEncode } from '../../src/core/dbn/index.js';
import { LAYOUTS } from '../../src/core/dbn/layout/layouts.js';
import type { DbnVersion } from '../../src/core/dbn/layout/record-layout.js';
import { SAMPLE_SCHEMAS, SAMPLE_STYPES, generateSample } from '../../src/core/sample/index.js';
import { MONDAY } from '../support/trade-file.js';

/** A sound input that inputs are made from. */
export interface Original {
  readonly name: string;
  /** Uncompressed DBN. */
  readonly dbn: Buffer;
  /** The same as zstd, one frame with a checksum; by the best program there is, and as stored blocks. */
  readonly zstd: readonly Buffer[];
}

/** Compressing takes a process where Node cannot: not for every small one. */
const LEAST_TO_COMPRESS = 1500;
const VERSIONS: readonly DbnVersion[] = [1, 2, 3];

/** All schemas that can be made up, all layouts there are, in all versions, with send times and without, and mixed. */
export async function makeCorpus(): Promise<readonly Original[]> {
  const plain: { name: string; dbn: Buffer }[] = [];
  for (const version of VERSIONS) {
    SAMPLE_SCHEMAS.forEach((schema, index) => {
      const stypeIn = SAMPLE_STYPES[(index + version) % SAMPLE_STYPES.length] as string;
      const request = { schema, version, stypeIn, records: 30, instruments: 2, days: 2, seed: index };
      plain.push({ name: `${schema} v${version}`, dbn: Buffer.concat([...generateSample(request).bytes()]) });
    });
    for (const layout of LAYOUTS.filter(({ versions }) => versions.includes(version))) {
      for (const tsOut of [false, true]) plain.push(ofOneLayout(layout.name, layout.rtypes[0] ?? 0, version, tsOut));
    }
    plain.push(mixed(version));
  }
  const originals: Original[] = [];
  for (const { name, dbn } of plain) {
    const zstd = [await gather(rawFrame(one(dbn)))];
    if (dbn.length > LEAST_TO_COMPRESS) zstd.push(await gather(compress(one(dbn))));
    originals.push({ name, dbn, zstd });
  }
  return originals;
}

function ofOneLayout(layout: string, rtype: number, version: DbnVersion, tsOut: boolean) {
  const metadata = newMetadata({ dataset: 'XNAS.ITCH', schema: null, version, tsOut, start: MONDAY });
  const records = Array.from({ length: 5 }, (_, index) => recordOf(layout, rtype, index));
  return { name: `${layout} v${version}${tsOut ? ' ts_out' : ''}`, dbn: Buffer.from(encodeDbn(metadata, records)) };
}

/** Records of several kinds in turn, as a live session has them. */
function mixed(version: DbnVersion) {
  const metadata = newMetadata({ dataset: 'GLBX.MDP3', schema: null, version, stypeIn: null, start: MONDAY });
  const kinds = LAYOUTS.filter(({ versions }) => versions.includes(version));
  const records = Array.from({ length: 40 }, (_, index) => {
    const layout = kinds[(index * 7) % kinds.length];
    return recordOf(layout?.name ?? 'trade', layout?.rtypes[0] ?? 0, index);
  });
  return { name: `mixed v${version}`, dbn: Buffer.from(encodeDbn(metadata, records)) };
}

function recordOf(layout: string, rtype: number, index: number): RecordToEncode {
  const time = MONDAY + BigInt(index) * 1_000_000_001n;
  const values = { rtype, instrument_id: 5482 + (index % 3), ts_event: time };
  const known = LAYOUTS.find(({ name }) => name === layout);
  const hasTsRecv = known?.fields.some(({ name }) => name === 'ts_recv') === true;
  return { layout, values: hasTsRecv ? { ...values, ts_recv: time + 500n } : values };
}

export async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

export async function gather(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const gathered: Uint8Array[] = [];
  for await (const piece of pieces) gathered.push(Buffer.from(piece));
  return Buffer.concat(gathered);
}

/** What is inside the compression, by the decompressor that needs no other program. */
export const contentOf = (zstd: Uint8Array): Promise<Buffer> => gather(decompress(one(zstd), { rung: 'fzstd' }));
