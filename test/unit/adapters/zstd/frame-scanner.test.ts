import { expect } from 'chai';
import fc from 'fast-check';
import { FrameScanner, type FramePiece } from '../../../../src/adapters/zstd/frame-scanner.js';
import { thrown } from '../../../support/thrown.js';
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

function scan(bytes: Buffer, sizes: readonly number[] = [bytes.length]): FramePiece[] {
  const scanner = new FrameScanner();
  const pieces: FramePiece[] = [];
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length]!;
    pieces.push(...scanner.scan(bytes.subarray(at, at + size)));
    at += size;
  }
  scanner.end();
  expect(scanner.position).to.equal(bytes.length);
  return pieces;
}

const STREAM = Buffer.concat([SKIPPABLE, FRAME, SKIPPABLE, FRAME_WITHOUT_CHECKSUM, FRAME]);

describe('the scanner of zstd frames', () => {
  it('finds the frames with their positions, sizes and checksums', () => {
    const ends = scan(STREAM).filter((piece) => piece.end !== undefined);
    const checksum = FRAME.readUInt32LE(FRAME.length - 4);
    const second = 2 * SKIPPABLE.length + FRAME.length;
    expect(ends.map(({ frame, end }) => [frame.position, frame.contentSize, end?.checksum])).to.deep.equal([
      [SKIPPABLE.length, CONTENT.length, checksum],
      [second, CONTENT.length, undefined],
      [second + FRAME_WITHOUT_CHECKSUM.length, CONTENT.length, checksum],
    ]);
  });

  it('passes on the bytes of the frames and nothing else, whatever the pieces', () => {
    const expected = Buffer.concat([FRAME, FRAME_WITHOUT_CHECKSUM, FRAME]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 10 }), (sizes) => {
        const pieces = scan(STREAM, sizes);
        expect(Buffer.concat(pieces.map((piece) => piece.bytes)).equals(expected)).to.equal(true);
        expect(pieces.filter((piece) => piece.end !== undefined)).to.have.length(3);
      }),
    );
  });

  it('never puts two blocks into one piece', () => {
    const blocks = Buffer.concat([
      RLE_BLOCK,
      RLE_BLOCK,
      blockHeader(RAW, 5),
      Buffer.from('hello'),
      blockHeader(RAW, 0, true),
    ]);
    const pieces = scan(Buffer.concat([PLAIN_HEADER, blocks]));
    expect(pieces.map((piece) => piece.bytes.length)).to.deep.equal([6, 4, 4, 8, 3]);
    expect(pieces.map((piece) => piece.end !== undefined)).to.deep.equal([false, false, false, false, true]);
    expect(pieces[0]?.frame.contentSize).to.equal(undefined);
  });

  it('gives what came of a frame at once in one piece, where blocks need not be told apart', () => {
    const frame = Buffer.concat([PLAIN_HEADER, RLE_BLOCK, RLE_BLOCK, blockHeader(RAW, 0, true)]);
    const scanner = new FrameScanner('runs');
    const stream = Buffer.concat([SKIPPABLE, frame, SKIPPABLE, frame]);
    const cut = stream.length - 5;
    const pieces = [...scanner.scan(stream.subarray(0, cut)), ...scanner.scan(stream.subarray(cut))];
    scanner.end();
    expect(pieces.map(({ bytes, end }) => [bytes.length, end !== undefined])).to.deep.equal([
      [6, false],
      [11, true],
      [6, false],
      [6, false],
      [5, true],
    ]);
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).equals(Buffer.concat([frame, frame]))).to.equal(true);
  });

  it('reads every width of the content size', () => {
    const CASES: readonly [hex: string, size: number][] = [
      ['28b52ffd2005', 5],
      ['28b52ffd600500', 261],
      ['28b52ffda005000000', 5],
      ['28b52ffde00500000000000000', 5],
    ];
    for (const [hex, size] of CASES) {
      const [piece] = scan(Buffer.concat([Buffer.from(hex, 'hex'), blockHeader(RAW, 0, true)]));
      expect(piece?.frame.contentSize, hex).to.equal(size);
    }
  });

  describe('refuses', () => {
    const CASES: readonly [name: string, bytes: Buffer, code: string, byte: number, why: string][] = [
      ['reserved-bit', Buffer.from('28b52ffd0838', 'hex'), 'ZSTD_FAILED', 0, 'the frame at byte 0 sets a reserved bit'],
      ['dictionary', Buffer.from('28b52ffd013809', 'hex'), 'ZSTD_FAILED', 0, 'the frame at byte 0 needs a dictionary'],
      [
        'window-of-256-mib',
        Buffer.from('28b52ffd0090', 'hex'),
        'ZSTD_WINDOW',
        0,
        'the zstd frame at byte 0 needs a window of 268435456 bytes; at most 134217728 are allowed',
      ],
      [
        'single-segment-of-4-gib',
        Buffer.from('28b52ffda0ffffffff', 'hex'),
        'ZSTD_WINDOW',
        0,
        'needs a window of 4294967295 bytes',
      ],
      [
        'reserved-block-type',
        Buffer.concat([PLAIN_HEADER, blockHeader(3, 1)]),
        'ZSTD_FAILED',
        6,
        'the block at byte 6 is of a reserved type',
      ],
      [
        'block-too-large',
        Buffer.concat([PLAIN_HEADER, blockHeader(RAW, 131073)]),
        'ZSTD_FAILED',
        6,
        'the block at byte 6 is larger than 131072 bytes',
      ],
      [
        'trailing-garbage',
        Buffer.concat([FRAME, Buffer.from('hello')]),
        'ZSTD_FAILED',
        FRAME.length,
        `the bytes from byte ${FRAME.length} on, behind the last frame, are no zstd frame`,
      ],
      [
        'trailing-byte',
        Buffer.concat([FRAME, Buffer.of(0)]),
        'ZSTD_FAILED',
        FRAME.length,
        `the bytes from byte ${FRAME.length} on`,
      ],
      ['no-zstd', Buffer.from('hello'), 'ZSTD_FAILED', 0, 'it does not begin with a zstd frame'],
    ];
    for (const [name, bytes, code, byte, why] of CASES) {
      it(`${name} with ${code}`, () => {
        for (const size of [1, bytes.length]) {
          const error = thrown(() => scan(bytes, [size]));
          expect(error.code).to.equal(code);
          expect(error.context).to.include({ byte });
          expect(error.message).to.include(why);
        }
      });
    }

    it('a stream that is cut anywhere, with its position and that of the frame', () => {
      const stream = Buffer.concat([FRAME, SKIPPABLE, FRAME]);
      const starts = [0, FRAME.length, FRAME.length + SKIPPABLE.length, stream.length];
      for (let length = 1; length < stream.length; length++) {
        if (starts.includes(length)) continue;
        const error = thrown(() => scan(stream.subarray(0, length)));
        expect(error.code).to.equal('ZSTD_TRUNCATED');
        expect(error.context).to.deep.equal({ byte: length, frame: starts.findLast((start) => start < length) });
      }
    });
  });

  it('takes a stream that ends between frames', () => {
    expect(scan(SKIPPABLE)).to.deep.equal([]);
    expect(scan(Buffer.alloc(0))).to.deep.equal([]);
  });
});
