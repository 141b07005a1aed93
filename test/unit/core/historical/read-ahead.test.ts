import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { readAhead } from '../../../../src/core/historical/read-ahead.js';

describe('reading ahead', () => {
  /** Pieces of one byte; notes how far it was pulled. */
  class Source {
    pulled = 0;
    closed = false;
    constructor(
      private readonly count: number,
      private readonly failure?: Error,
    ) {}

    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        while (this.pulled < this.count) yield Uint8Array.of(this.pulled++);
        if (this.failure !== undefined) throw this.failure;
      } finally {
        this.closed = true;
      }
    }
  }

  const settle = async (): Promise<void> => {
    for (let index = 0; index < 50; index += 1) await turn();
  };

  it('gives every piece in order', async () => {
    const found: number[] = [];
    for await (const [byte] of readAhead(new Source(100), 7)) found.push(byte as number);
    expect(found).to.deep.equal(Array.from({ length: 100 }, (_, index) => index));
  });

  it('pulls while its reader is busy, as far as it may', async () => {
    const source = new Source(100);
    const reader = readAhead(source, 7);
    await reader.next();
    await settle();
    expect(source.pulled).to.be.within(8, 9);
    await reader.return();
    expect(source.closed).to.equal(true);
  });

  it('gives what came before an error, then the error', async () => {
    const found: number[] = [];
    const reading = (async () => {
      for await (const [byte] of readAhead(new Source(3, new Error('reset')), 100)) {
        await settle();
        found.push(byte as number);
      }
    })();
    const error = await reading.catch((thrown: unknown) => thrown);
    expect(error).to.have.property('message', 'reset');
    expect(found).to.deep.equal([0, 1, 2]);
  });
});
