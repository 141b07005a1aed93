import { expect } from 'chai';
import { copyTuples } from '../../../../src/core/export/copy-tuples.js';
import { piecesOf } from '../../../support/pieces.js';
import { rejected } from '../../../support/thrown.js';

const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

function tuple(...cells: (string | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(cells.length);
  const parts = cells.map((text) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(text?.length ?? -1);
    return Buffer.concat([length, Buffer.from(text ?? '')]);
  });
  return Buffer.concat([count, ...parts]);
}

async function firstCells(bytes: Uint8Array, pieceSize: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { bytes: window, view, starts } of copyTuples(piecesOf(bytes, pieceSize))) {
    for (const start of starts) {
      found.push(Buffer.from(window.subarray(start + 4, start + 4 + view.getInt32(start))).toString());
    }
  }
  return found;
}

describe('copyTuples', () => {
  const rows = ['one', 'twenty-two', '', 'three'];
  const bytes = Buffer.concat([HEADER, ...rows.map((text) => tuple(text, null, 'x')), TRAILER]);

  it('gives the same tuples however the stream is cut', async () => {
    for (let size = 1; size <= bytes.length; size++) {
      expect(await firstCells(bytes, size), `pieces of ${size}`).to.deep.equal(rows);
    }
  });

  it('gives none of an empty table', async () => {
    expect(await firstCells(Buffer.concat([HEADER, TRAILER]), 7)).to.deep.equal([]);
  });

  it('refuses a stream that ends early', async () => {
    for (const length of [0, 10, HEADER.length, bytes.length - 2, bytes.length - 5]) {
      expect(await rejected(firstCells(bytes.subarray(0, length), 16)), `${length}`).to.include({ code: 'INVARIANT' });
    }
  });
});
