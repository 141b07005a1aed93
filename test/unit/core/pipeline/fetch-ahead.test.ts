import { expect } from 'chai';
import { FetchAhead } from '../../../../src/core/pipeline/fetch-ahead.js';
import type { ProgressEvent } from '../../../../src/core/progress/progress-event.js';
import type { Chunk } from '../../../../src/core/source/source.js';
import { TickloomError } from '../../../../src/core/errors/index.js';
import { rejected } from '../../../support/thrown.js';

/** A chunk whose fetch ends when the test says so. */
class FetchedChunk implements Chunk {
  readonly source: string;
  readonly sizeBytes = null;
  readonly fragment = null;
  readonly repeatable = true;
  started = false;
  finish!: () => void;
  fail!: (error: Error) => void;
  readonly #outcome: Promise<void>;

  constructor(name: string) {
    this.source = name;
    this.#outcome = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
  }

  fetch(): Promise<void> {
    this.started = true;
    return this.#outcome;
  }

  async *open(): AsyncGenerator<Uint8Array, void, undefined> {}
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('FetchAhead', () => {
  let chunks: FetchedChunk[];
  let events: ProgressEvent[];
  let abort: AbortController;

  const aheadOf = (depth: number): FetchAhead =>
    new FetchAhead(chunks, { depth, emit: (event) => events.push(event), signal: abort.signal });
  const started = (): string[] => chunks.filter((chunk) => chunk.started).map(({ source }) => source);

  beforeEach(() => {
    chunks = ['a', 'b', 'c', 'd'].map((name) => new FetchedChunk(name));
    events = [];
    abort = new AbortController();
  });

  it('fetches the next chunks while one is taken, and no further than it may', async () => {
    const ahead = aheadOf(2);
    const taken = ahead.take(0);
    expect(started()).to.deep.equal(['a']);
    chunks[0]?.finish();
    await taken;
    await turn();
    expect(started()).to.deep.equal(['a', 'b', 'c']);
    chunks[2]?.finish();
    await turn();
    expect(started()).to.deep.equal(['a', 'b', 'c']);
    chunks[1]?.finish();
    await ahead.take(1);
    expect(started()).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('says when a fetch starts and ends', async () => {
    const ahead = aheadOf(1);
    chunks[0]?.finish();
    await ahead.take(0);
    await turn();
    expect(events.slice(0, 2)).to.deep.equal([
      { type: 'fetch_started', chunk: 0, source: 'a' },
      { type: 'fetch_finished', chunk: 0 },
    ]);
  });

  it('throws to whoever takes the chunk what its fetch threw, and goes on with the others', async () => {
    const ahead = aheadOf(2);
    const taken = rejected(ahead.take(0));
    chunks[0]?.fail(new TickloomError('SOURCE_UNAVAILABLE', 'cut'));
    expect((await taken).message).to.equal('cut');
    chunks[1]?.finish();
    await ahead.take(1);
    expect(started()).to.include('b');
  });

  it('fetches nothing more once the run is stopped, and waits for what is under way', async () => {
    const ahead = aheadOf(2);
    chunks[0]?.finish();
    await ahead.take(0);
    abort.abort();
    let idle = false;
    const waiting = ahead.idle().then(() => (idle = true));
    await turn();
    expect(idle).to.equal(false);
    for (const chunk of chunks) chunk.finish();
    await waiting;
    expect(started()).to.deep.equal(['a', 'b', 'c']);
  });

  it('has nothing to do for chunks whose bytes are there', async () => {
    const { source, sizeBytes, fragment, repeatable } = new FetchedChunk('there');
    const there: Chunk = { source, sizeBytes, fragment, repeatable, async *open() {} };
    await new FetchAhead([there], { depth: 1, emit: (event) => events.push(event), signal: abort.signal }).take(0);
    expect(events).to.deep.equal([]);
  });
});
