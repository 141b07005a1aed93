import { expect } from 'chai';
import { Random } from '../../../src/core/sample/random.js';
import {
  sampled,
  seededFaults,
  type Fault,
  type FaultFunction,
  type GatewayRequest,
} from '../../../src/testing/index.js';
import { ApiDesk } from '../../support/api-desk.js';
import { expectSameRows, rowsOfTable, type TextRow } from '../../support/service-rows.js';

const RANGE = 'timeseries.get_range';
const FREE = 30;
const FAULTS = 200;
const STATUSES = [429, 500, 502, 503, 504];
const WEEK = { start: '2024-01-08', end: '2024-01-15', symbols: ['ES.c.0', 'NQ.c.0'], schemas: ['trades', 'tbbo'] };

/** Every answer with data goes wrong, at any byte, until there were enough, and some of the free ones before. */
function manyFaults(): FaultFunction {
  const free = seededFaults({ seed: 3, rate: 0.5, most: FREE, inARow: 1 });
  const random = new Random(11);
  let given = 0;
  return (request) => {
    if (request.endpoint !== RANGE) {
      const fault = free(request);
      if (fault !== undefined) given += 1;
      return fault;
    }
    if (given >= FAULTS) return undefined;
    given += 1;
    return rangeFault(random);
  };
}

function rangeFault(random: Random): readonly Fault[] {
  const kind = random.below(20);
  const afterBytes = random.below(25_000);
  if (kind < 2) return [{ kind: 'status', status: STATUSES[random.below(STATUSES.length)] as number, body: 'html' }];
  if (kind === 2) return [{ kind: 'reset' }];
  if (kind === 3) return [{ kind: 'corrupt', fraction: random.below(100) / 100 }];
  if (kind < 12) return [{ kind: 'cut', afterBytes }];
  // A reset takes with it what nobody has read yet: here the reader is given the time.
  return [
    { kind: 'stall', afterBytes, ms: 20 },
    { kind: 'reset', afterBytes },
  ];
}

describe('a week of two symbols and two schemas through 200 faults', function () {
  this.timeout(300_000);
  let desk: ApiDesk;

  before(async () => {
    const market = sampled({ start: '2024-01-08', end: '2024-01-15', roots: ['ES', 'NQ'], recordsPerDay: 3_000 });
    // Of stored frames every byte that was sent can be had: what is bought again is then ours to answer for.
    desk = await ApiDesk.open({ datasets: { 'GLBX.MDP3': market }, zstd: 'raw' });
  });
  after(() => desk.close());

  const load = async (): Promise<Record<string, readonly TextRow[]>> => {
    const report = await desk.ingest({ ...WEEK, chunk: 'day' }, { concurrency: 8 });
    expect(report.details.map(({ error }) => error).filter((error) => error !== null)).to.deep.equal([]);
    expect(report).to.include({ status: 'complete' });
    const inOrder = async (table: string): Promise<TextRow[]> =>
      (await rowsOfTable(desk.client, table)).sort((a, b) =>
        Number(BigInt(a['ts_recv'] ?? 0) - BigInt(b['ts_recv'] ?? 0)),
      );
    return { trades: await inOrder('trades'), tbbo: await inOrder('tbbo') };
  };

  it('is the same, for at most 2 % more and once more of what a wrong byte hit', async () => {
    let calm: Record<string, readonly TextRow[]> = {};
    const undisturbed = await desk.billed(async () => (calm = await load()));
    await desk.replaceDatabase();
    await desk.forgetArchive();
    const before = desk.gateway.requests.length;
    desk.gateway.setFaults(manyFaults());
    let disturbed: Record<string, readonly TextRow[]> = {};
    const billed = await desk.billed(async () => (disturbed = await load()));
    const hit = desk.gateway.requests.slice(before).filter(({ faults }) => faults.length > 0);
    expect(hit).to.have.lengthOf(FAULTS);
    for (const table of ['trades', 'tbbo']) expectSameRows(disturbed[table] ?? [], calm[table] ?? []);
    const again = hit.filter(isCorrupt).reduce((sum, { billedBytes }) => sum + billedBytes, 0);
    expect(billed.bytes).to.be.at.most(undisturbed.bytes * 1.02 + again);
    const [{ spent } = { spent: '0' }] = await desk.rows<{ spent: string }>(
      'select sum(cost_usd) as spent from chunks',
    );
    expect(Number(spent)).to.be.at.least(undisturbed.usd * 0.999);
  });
});

const isCorrupt = ({ faults }: GatewayRequest): boolean => faults.some(({ kind }) => kind === 'corrupt');
