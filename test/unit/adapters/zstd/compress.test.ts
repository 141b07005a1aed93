import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { availableRungs, compress, decompress, type CompressionRung } from '../../../../src/adapters/zstd/index.js';
import { FrameScanner } from '../../../../src/adapters/zstd/frame-scanner.js';
import { gathered, piecesOf } from '../../../support/pieces.js';
import { rejected } from '../../../support/thrown.js';
import { skipBecause } from '../../../support/skip-because.js';

const LARGE = Buffer.from(Array.from({ length: 60_000 }, (_, index) => `line ${index * 7919}\n`).join(''));
const RUNGS: readonly CompressionRung[] = ['node', 'program', 'raw'];

for (const rung of RUNGS) {
  describe(`compression by "${rung}"`, () => {
    before(async function () {
      if (rung === 'raw' || (await availableRungs()).includes(rung)) return;
      skipBecause(this, `zstd by "${rung}" is not available here (Node ${process.version})`);
    });

    for (const [what, content, size] of [
      ['nothing', Buffer.alloc(0), 1],
      ['one byte', Buffer.of(7), 1],
      ['several blocks in large pieces', LARGE, 400_000],
      ['several blocks in small pieces', LARGE, 1000],
    ] as const) {
      it(`writes ${what} as frames with checksums that every rung reads`, async () => {
        const compressed = await gathered(compress(piecesOf(content, size), { rung }));
        const ends = [...new FrameScanner().scan(compressed)].filter((piece) => piece.end !== undefined);
        expect(ends).to.have.length.greaterThan(0);
        for (const { end } of ends) expect(end?.checksum).to.be.a('number');
        for (const reader of await availableRungs()) {
          const again = await gathered(decompress(piecesOf(compressed, 50_000), { rung: reader }));
          expect(again.equals(content), reader).to.equal(true);
        }
      });
    }

    it('passes on what the source throws', async () => {
      async function* broken() {
        yield LARGE.subarray(0, 1000);
        throw new Error('the disk is gone');
      }
      let message = '';
      await gathered(compress(broken(), { rung })).catch((error: unknown) => (message = String(error)));
      expect(message).to.include('the disk is gone');
    });

    it('closes the source when it is left early', async () => {
      let closed = false;
      async function* endless() {
        try {
          for (;;) yield LARGE;
        } finally {
          closed = true;
        }
      }
      for await (const piece of compress(endless(), { rung })) {
        expect(piece.length).to.be.greaterThan(0);
        break;
      }
      while (!closed) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  });
}

describe('compress', () => {
  it('writes what the zstd program finds correct', async function () {
    if (!(await availableRungs()).includes('program')) {
      skipBecause(this, 'the zstd program is not here');
    }
    for (const rung of [undefined, 'raw'] as const) {
      const compressed = await gathered(compress(piecesOf(LARGE, 70_000), rung === undefined ? {} : { rung }));
      expect(spawnSync('zstd', ['-t', '-q'], { input: compressed }).status).to.equal(0);
    }
  });

  it('passes the level on where it compresses at all', async function () {
    const [best] = await availableRungs();
    if (best === 'fzstd') skipBecause(this, 'nothing here compresses at all');
    const at = async (level: number): Promise<number> => (await gathered(compress(piecesOf(LARGE), { level }))).length;
    expect(await at(15)).to.not.equal(await at(1));
  });

  it('does without everything when nothing is there', async () => {
    const { PATH } = process.env;
    process.env['PATH'] = '';
    try {
      const error = await rejected(gathered(compress(piecesOf(LARGE), { rung: 'program' })));
      expect(error.code).to.equal('ZSTD_UNAVAILABLE');
      const compressed = await gathered(compress(piecesOf(LARGE)));
      expect((await gathered(decompress(piecesOf(compressed)))).equals(LARGE)).to.equal(true);
    } finally {
      process.env['PATH'] = PATH;
    }
  });
});
