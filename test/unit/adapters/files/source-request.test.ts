import { expect } from 'chai';
import { sourceRequest } from '../../../../src/adapters/files/source-request.js';
import type { Chunk } from '../../../../src/core/source/source.js';
import { piecesOf } from '../../../support/pieces.js';

const never = new AbortController().signal;

describe('the files of a source request', () => {
  it('are its own to keep, where the decompressor uses its memory again', async () => {
    const content = Buffer.from('three pieces');
    const chunk: Chunk = {
      source: 'a.csv.zst',
      sizeBytes: content.length,
      fragment: null,
      repeatable: true,
      open: () => piecesOf(content, 4),
    };
    const memory = Buffer.alloc(4);
    const request = sourceRequest(
      { paths: ['a.csv.zst'], options: {}, query: null },
      {
        schema: () => {
          throw new Error('not asked for');
        },
        fileSource: () => ({ plan: async () => [chunk] }),
        async *decompress(stored) {
          for await (const bytes of stored) {
            memory.set(bytes);
            yield memory;
          }
        },
      },
      never,
    );
    const kept: Uint8Array[] = [];
    for (const file of await request.files(['.csv'])) for await (const piece of file.open(never)) kept.push(piece);
    expect(Buffer.concat(kept).toString()).to.equal('three pieces');
  });
});
