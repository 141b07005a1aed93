import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { compress, salvage } from '../../../../src/adapters/zstd/index.js';
import { gathered, piecesOf } from '../../../support/pieces.js';
import { CONTENT, FRAME, FRAME_WITHOUT_CHECKSUM, RLE_BLOCK, PLAIN_HEADER, blockHeader } from './fixtures.js';
import { skipBecause } from '../../../support/skip-because.js';

/** What comes before the error, and its code. */
async function salvaged(bytes: Uint8Array, size = 7): Promise<{ content: Buffer; code: string | null }> {
  const pieces: Uint8Array[] = [];
  let code: string | null = null;
  try {
    for await (const piece of salvage(piecesOf(bytes, size))) pieces.push(Uint8Array.from(piece));
  } catch (error) {
    code = (error as { code: string }).code;
  }
  return { content: Buffer.concat(pieces), code };
}

describe('salvaging a zstd stream', () => {
  const long = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index) >> 3));

  it('gives all of a whole one', async () => {
    expect(await salvaged(FRAME)).to.deep.equal({ content: CONTENT, code: null });
    expect(await salvaged(Buffer.concat([FRAME, FRAME]))).to.deep.equal({
      content: Buffer.concat([CONTENT, CONTENT]),
      code: null,
    });
  });

  it('gives of stored blocks every byte that has come, wherever they are cut', async () => {
    const stored = await gathered(compress(piecesOf(long, 50_000), { rung: 'raw' }));
    for (const cut of [30, 1_000, 49_999, 50_011, 131_072, 200_000, stored.length - 8]) {
      const { content, code } = await salvaged(stored.subarray(0, cut), 999);
      expect(code).to.equal('ZSTD_TRUNCATED');
      expect(content.equals(long.subarray(0, content.length))).to.equal(true);
      // The frame's header, and three bytes for each block.
      expect(content.length).to.be.at.least(cut - 6 - 3 * 7);
    }
    expect((await salvaged(stored, 999)).content.equals(long)).to.equal(true);
  });

  it('still finds a wrong byte in them', async () => {
    const stored = await gathered(compress(piecesOf(long), { rung: 'raw' }));
    stored[1_000]! ^= 1;
    expect((await salvaged(stored, 4_096)).code).to.equal('ZSTD_CHECKSUM');
  });

  it('gives of compressed blocks those that are whole', async () => {
    const twoBlocks = Buffer.concat([PLAIN_HEADER, RLE_BLOCK, RLE_BLOCK, blockHeader(0, 0, true)]);
    expect((await salvaged(twoBlocks)).content).to.have.lengthOf(256 * 1024);
    const cut = await salvaged(
      Buffer.concat([PLAIN_HEADER, ...new Array<Buffer>(4).fill(RLE_BLOCK), RLE_BLOCK.subarray(0, 3)]),
      3,
    );
    expect(cut.code).to.equal('ZSTD_TRUNCATED');
    expect(cut.content).to.have.lengthOf(4 * 128 * 1024);
  });

  it('gives what the zstd program wrote', async function () {
    const { stdout, status } = spawnSync('zstd', ['-c', '-q'], { input: long });
    if (status !== 0) skipBecause(this, 'the zstd program is not here');
    expect((await salvaged(stdout, 5_000)).content.equals(long)).to.equal(true);
  });

  it('needs no checksum', async () => {
    const { content } = await salvaged(FRAME_WITHOUT_CHECKSUM);
    expect(content.equals(CONTENT)).to.equal(true);
  });

  it('passes what is not compressed, and refuses the legacy format', async () => {
    expect((await salvaged(Buffer.from('DBN and more than that'))).content.toString()).to.equal(
      'DBN and more than that',
    );
    const legacy = Buffer.concat([Buffer.from('502a4d1804000000', 'hex'), Buffer.from('44425a01', 'hex')]);
    expect((await salvaged(legacy)).code).to.equal('DBN_LEGACY');
  });
});
