import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { availableRungs, decompress, type ZstdRung } from '../../../../src/adapters/zstd/index.js';
import { lend } from '../../../../src/core/source/lent-bytes.js';
import { gathered, piecesOf } from '../../../support/pieces.js';
import { rejected } from '../../../support/thrown.js';
import {
  blockHeader,
  CONTENT,
  FRAME,
  FRAME_WITHOUT_CHECKSUM,
  PLAIN_HEADER,
  RAW,
  RLE_BLOCK,
  SKIPPABLE,
} from './fixtures.js';

const RUNGS: readonly ZstdRung[] = ['node', 'program', 'fzstd'];
/** Starting a program for each of a thousand cases would take minutes, so it gets every so many. */
const STRIDE: Readonly<Record<ZstdRung, number>> = { node: 1, program: 97, fzstd: 1 };

/** Skips with a line that says so where a rung is not there. */
async function needRung(context: Mocha.Context, rung: ZstdRung): Promise<void> {
  if ((await availableRungs()).includes(rung)) return;
  console.log(`      skipped: zstd by "${rung}" is not available here (Node ${process.version})`);
  context.skip();
}

/** A stream that records whether it was closed, and how much of it was taken. */
class WatchedSource {
  closed = false;
  bytesTaken = 0;
  readonly #pieces: Iterable<Uint8Array>;

  constructor(pieces: Iterable<Uint8Array>) {
    this.#pieces = pieces;
  }

  async *stream(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (const piece of this.#pieces) {
        this.bytesTaken += piece.length;
        yield piece;
      }
    } finally {
      this.closed = true;
    }
  }
}

/** Programs of ours that still run, where the system tells. Other tests have children of their own. */
function programs(): string[] {
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
      .split(' ')
      .filter(Boolean);
    return children.filter((pid) => commandOf(pid) === 'zstd');
  } catch {
    return [];
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

async function* piecesInOrder(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  yield* pieces;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

for (const rung of RUNGS) {
  describe(`zstd by "${rung}"`, () => {
    before(async function () {
      await needRung(this, rung);
    });

    const decompressed = (bytes: Uint8Array, size?: number): Promise<Buffer> =>
      gathered(decompress(piecesOf(bytes, size), { rung }));

    for (const size of [1, 7, 1000, 65_536]) {
      it(`decompresses a frame that comes in pieces of ${size}`, async () => {
        expect((await decompressed(FRAME, size)).equals(CONTENT)).to.equal(true);
      });
    }

    it('goes on with the next frame, over skippable ones, whether they have checksums or not', async () => {
      const stream = Buffer.concat([SKIPPABLE, FRAME, FRAME_WITHOUT_CHECKSUM, SKIPPABLE, FRAME, SKIPPABLE]);
      for (const size of [1, 11, stream.length]) {
        expect((await decompressed(stream, size)).equals(Buffer.concat([CONTENT, CONTENT, CONTENT]))).to.equal(true);
      }
    });

    it('takes frames without content', async () => {
      const empty = Buffer.concat([PLAIN_HEADER, blockHeader(RAW, 0, true)]);
      expect(await decompressed(Buffer.concat([empty, FRAME, empty]))).to.have.length(CONTENT.length);
      expect(await decompressed(Buffer.concat([SKIPPABLE, empty]))).to.have.length(0);
    });

    it('reads skippable frames alone as no content', async () => {
      expect(await decompressed(Buffer.concat([SKIPPABLE, SKIPPABLE]))).to.have.length(0);
    });

    it('reports a cut stream with its position', async () => {
      for (let length = 5; length < FRAME.length; length += STRIDE[rung]) {
        const error = await rejected(decompressed(Buffer.concat([FRAME, FRAME.subarray(0, length)])));
        expect(error.code).to.equal('ZSTD_TRUNCATED');
        expect(error.context).to.deep.equal({ byte: FRAME.length + length, frame: FRAME.length });
      }
    });

    it('never gives other content for a flipped bit', async () => {
      for (let at = 4; at < FRAME.length; at += STRIDE[rung]) {
        const flipped = Buffer.from(FRAME);
        flipped[at] = flipped[at]! ^ (1 << (at % 8));
        const outcome = await decompressed(flipped).catch((error: unknown) => error as { code?: string });
        if (Buffer.isBuffer(outcome)) expect(outcome.equals(CONTENT), `byte ${at}`).to.equal(true);
        else expect(outcome.code, `byte ${at}`).to.match(/^ZSTD_/);
      }
    });

    it('reports a checksum that differs', async () => {
      const wrong = Buffer.from(FRAME);
      wrong[wrong.length - 1]! ^= 0x10;
      const error = await rejected(decompressed(wrong));
      expect(error.code).to.equal('ZSTD_CHECKSUM');
      expect(error.context).to.deep.equal({ byte: 0 });
      expect(error.message).to.include('the zstd frame at byte 0 is corrupt: its checksum differs from its content');
    });

    it('reports a frame whose content is not of the size it states', async () => {
      const wrong = Buffer.from(FRAME_WITHOUT_CHECKSUM);
      wrong.writeUInt16LE(CONTENT.length - 256 - 1, 5);
      expect((await rejected(decompressed(wrong))).code).to.equal('ZSTD_FAILED');
    });

    it('reports bytes behind the last frame', async () => {
      const error = await rejected(decompressed(Buffer.concat([FRAME, Buffer.from('garbage')])));
      expect(error.code).to.equal('ZSTD_FAILED');
      expect(error.context).to.deep.equal({ byte: FRAME.length });
    });

    it('refuses a window that would take too much memory', async () => {
      expect((await rejected(decompressed(Buffer.from('28b52ffd0090010000', 'hex')))).code).to.equal('ZSTD_WINDOW');
    });

    it('passes on what the source throws', async () => {
      async function* broken() {
        yield FRAME.subarray(0, 100);
        throw new Error('the disk is gone');
      }
      let message = '';
      await gathered(decompress(broken(), { rung })).catch((error: unknown) => (message = String(error)));
      expect(message).to.include('the disk is gone');
    });

    it('holds no more than a little of a stream that grows enormously, and closes it when left', async () => {
      // 8 MB that become 262 GB
      const many = Buffer.concat(Array<Buffer>(100).fill(RLE_BLOCK));
      const source = new WatchedSource([PLAIN_HEADER, ...Array<Buffer>(20_000).fill(many)]);
      let taken = 0;
      for await (const piece of decompress(source.stream(), { rung })) {
        expect(piece.every((byte) => byte === 0x2a)).to.equal(true);
        expect(piece.length).to.be.at.most(1024 * 1024);
        taken += piece.length;
        if (taken > 10 * 1024 * 1024) break;
      }
      await until(() => source.closed);
      expect(source.bytesTaken).to.be.below(1_000_000);
    });

    it('gives memory back that was lent to it, when it has taken what stands in it', async () => {
      let lent = 0;
      async function* source() {
        for (let index = 0; index < 50; index += 1) {
          const piece = Buffer.concat(Array<Buffer>(20).fill(FRAME));
          lent += 1;
          lend(piece, () => {
            lent -= 1;
            piece.fill(0xff);
          });
          yield piece;
        }
      }
      const content = await gathered(decompress(source(), { rung }));
      expect(content.equals(Buffer.concat(Array<Buffer>(1000).fill(CONTENT)))).to.equal(true);
      // the one in JavaScript keeps what it may need
      expect(lent).to.equal(rung === 'program' ? 0 : 50);
    });

    it('can be left while the source is silent', async () => {
      async function* silent() {
        // the program gives nothing out before it has read some hundred KiB
        yield Buffer.concat([...Array<Buffer>(1000).fill(FRAME), FRAME.subarray(0, 20)]);
        await new Promise(() => undefined);
      }
      for await (const piece of decompress(silent(), { rung })) {
        expect(piece.length).to.be.greaterThan(0);
        break;
      }
      if (rung === 'program') await until(() => programs().length === 0);
    });
  });
}

describe('zstd by "program"', () => {
  it('reads what the program gives into one piece of memory', async function () {
    await needRung(this, 'program');
    const memory = new Set<ArrayBufferLike>();
    let pieces = 0;
    for await (const piece of decompress(piecesOf(Buffer.concat(Array<Buffer>(2000).fill(FRAME)), 100_000), {
      rung: 'program',
    })) {
      memory.add(piece.buffer);
      pieces += 1;
    }
    expect(pieces).to.be.greaterThan(10);
    expect(memory.size).to.equal(1);
  });
});

describe('decompress', () => {
  it('passes a plain stream through as it is', async () => {
    for (const bytes of [
      Buffer.from('DBN\x03 and so on, for more than a few bytes'),
      Buffer.from('fragment?'),
      Buffer.of(1),
    ]) {
      for (const size of [1, bytes.length])
        expect(await gathered(decompress(piecesOf(bytes, size)))).to.deep.equal(bytes);
    }
  });

  it('gives the memory of a plain stream back when the next piece is asked for', async () => {
    const pieces = [Buffer.from('DBN\x03 a first piece'), Buffer.from(' and a second one')];
    const returned: number[] = [];
    pieces.forEach((piece, index) => lend(piece, () => returned.push(index)));
    const stream = decompress(piecesInOrder(pieces));
    await stream.next();
    expect(returned).to.deep.equal([]);
    await stream.next();
    expect(returned).to.deep.equal([0]);
    await stream.next();
    expect(returned).to.deep.equal([0, 1]);
  });

  it('passes an empty stream through', async () => {
    expect(await gathered(decompress(piecesOf(Buffer.alloc(0), 1)))).to.have.length(0);
  });

  it('closes a plain source that is left early', async () => {
    const source = new WatchedSource([Buffer.from('DBN\x03 a first piece'), Buffer.from('a second one')]);
    for await (const piece of decompress(source.stream())) {
      expect(piece.toString()).to.include('first');
      break;
    }
    expect(source.closed).to.equal(true);
    expect(source.bytesTaken).to.equal(18);
  });

  it('refuses legacy DBZ and closes its source', async () => {
    const source = new WatchedSource([Buffer.from('512a4d182000000044425a0100', 'hex'), Buffer.alloc(100)]);
    expect((await rejected(gathered(decompress(source.stream())))).code).to.equal('DBN_LEGACY');
    expect(source.closed).to.equal(true);
  });

  it('uses the best rung there is', async () => {
    expect(await gathered(decompress(piecesOf(FRAME)))).to.deep.equal(CONTENT);
  });

  it('always has the rung in JavaScript', async () => {
    expect((await availableRungs()).at(-1)).to.equal('fzstd');
  });

  it('says how to get a rung that is not there', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = '';
    try {
      expect(await availableRungs()).to.not.include('program');
      const error = await rejected(gathered(decompress(piecesOf(FRAME), { rung: 'program' })));
      expect(error.code).to.equal('ZSTD_UNAVAILABLE');
      expect(error.message).to.equal('zstd by "program" is not available: this Node or computer does not have it');
      expect(error.hint).to.equal('Use Node 22.15 or newer, or install the "zstd" program.');
    } finally {
      process.env['PATH'] = PATH;
    }
  });

  describe('of a bomb', () => {
    /** 128 KiB for each four bytes. */
    const bomb = (mebibytes: number): Buffer =>
      Buffer.concat([
        PLAIN_HEADER,
        ...Array.from({ length: mebibytes * 8 }, () => RLE_BLOCK),
        blockHeader(RAW, 0, true),
      ]);
    const lengthOf = async (source: Uint8Array, largestExpansion?: number): Promise<number> => {
      let length = 0;
      const options = { rung: 'fzstd' as const, ...(largestExpansion === undefined ? {} : { largestExpansion }) };
      for await (const bytes of decompress(piecesOf(source), options)) length += bytes.length;
      return length;
    };

    it('stops when far more has come out than went in', async () => {
      const error = await rejected(lengthOf(bomb(80)));
      expect(error.code).to.equal('ZSTD_EXPANSION');
      expect(error.message).to.match(/^the zstd stream is a bomb: \d+ bytes of it have become 67\d{6}, at most 1000 /);
      expect(error.hint).to.include('max-expansion');
    });

    it('takes a little of anything, and as much as it is allowed to', async () => {
      expect(await lengthOf(bomb(60))).to.equal(60 * 1024 * 1024);
      expect(await lengthOf(bomb(80), 40_000)).to.equal(80 * 1024 * 1024);
    });
  });
});
