import { expect } from 'chai';
import { Random } from '../../../../src/core/sample/random.js';
import {
  sampled,
  startGateway,
  type Fault,
  type FaultFunction,
  type Gateway,
} from '../../../../src/testing/gateway/index.js';
import { FetchHarness, requestOf } from '../../../support/fetching.js';

const RANGE = 'timeseries.get_range';
const STATUSES = [408, 429, 500, 502, 503, 504];
/** A stall of this length ends with the client's patience. */
const FOR_EVER = 600_000;

/** A reset takes with it what nobody has read yet: here the reader is given the time. */
const reset = (afterBytes: number): readonly Fault[] => [
  { kind: 'stall', afterBytes, ms: 3 },
  { kind: 'reset', afterBytes },
];

/** Every answer breaks, at any byte, until so many faults were given. */
function faults(seed: number, most: number, corrupt: boolean, given: (readonly Fault[])[]): FaultFunction {
  const random = new Random(seed);
  return ({ endpoint }) => {
    if (endpoint !== RANGE || given.length >= most) return undefined;
    const kind = random.below(20);
    const afterBytes = random.below(90_000);
    const fault = ((): readonly Fault[] => {
      if (kind < 3) return [{ kind: 'status', status: STATUSES[random.below(STATUSES.length)] as number }];
      if (kind === 3 && random.below(2) === 0) return [{ kind: 'stall', afterBytes, ms: FOR_EVER }];
      if (kind < 6 && corrupt) {
        const part = random.below(2) === 0 ? 'content' : 'checksum';
        return [{ kind: 'corrupt', fraction: random.below(100) / 100, part }];
      }
      return kind < 12 ? [{ kind: 'cut', afterBytes }] : reset(afterBytes);
    })();
    given.push(fault);
    return fault;
  };
}

describe('a week of two symbols through faults', () => {
  const request = requestOf({ start: '2024-01-08', end: '2024-01-15' });
  let gateway: Gateway;
  let harness: FetchHarness;
  let expected: Buffer;
  let billedBefore: number;

  before(async () => {
    const market = sampled({ start: '2024-01-08', end: '2024-01-15', recordsPerDay: 30_000 });
    // Of stored frames every byte that was sent can be had: what is bought again is then ours to answer for.
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': market }, zstd: 'raw' });
    const calm = await FetchHarness.open(gateway.url);
    expected = await calm.content(await calm.fetch(request));
    await calm.close();
  });
  after(() => gateway.close());
  beforeEach(async () => {
    // Far longer than a busy machine is silent by itself: an answer given up too early is paid for again.
    harness = await FetchHarness.open(gateway.url, { readTimeoutMs: 1000, rung: 'fzstd' });
    billedBefore = gateway.bill.bytes;
  });
  afterEach(async () => {
    gateway.setFaults();
    await harness.close();
  });

  it('is the same as undisturbed after 200 cuts, resets, stalls and refusals, for at most 2 % more', async () => {
    const given: (readonly Fault[])[] = [];
    gateway.setFaults(faults(1, 200, false, given));
    const entry = await harness.fetch(request, { tries: 12 });
    expect(given).to.have.lengthOf(200);
    expect((await harness.content(entry)).equals(expected)).to.equal(true);
    expect(gateway.bill.bytes - billedBefore).to.be.at.most(1.02 * expected.length);
    expect(entry.contentBytes).to.equal(expected.length);
    expect(harness.purse.reserved).to.equal(0n);
  });

  it('is the same when bytes are wrong on the way, for one more of what a wrong byte hits', async () => {
    const given: (readonly Fault[])[] = [];
    gateway.setFaults(faults(2, 60, true, given));
    const entry = await harness.fetch(request, { tries: 12 });
    const corrupt = given.filter(([fault]) => fault?.kind === 'corrupt').length;
    expect(corrupt).to.be.above(2);
    expect((await harness.content(entry)).equals(expected)).to.equal(true);
    expect(gateway.bill.bytes - billedBefore).to.be.at.most((1.02 + corrupt) * expected.length);
    expect(await harness.archive.check(entry)).to.include({ status: 'ok' });
  });
});
