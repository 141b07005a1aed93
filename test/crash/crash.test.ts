import { expect } from 'chai';
import { TEST_POSTGRES_VERSIONS } from '../support/postgres-server.js';
import { Campaign, type Outcome } from './campaign.js';
import { withGround } from './ground.js';
import { kindsOf } from './workloads.js';

/** Chosen so that kills of all targets and all servers are among them; `npm run test:crash` takes any other. */
const SEED = 3;

const SERVERS = TEST_POSTGRES_VERSIONS.filter((version) => version !== 14);

describe('a load that is killed or cut off', () => {
  for (const version of SERVERS) {
    it(`ends, run again, in the database of an undisturbed one, on PostgreSQL ${version}`, async function () {
      this.timeout(600_000);
      const outcomes: Outcome[] = [];
      const note = (text: string): void => void process.stderr.write(`      ${text}\n`);
      await withGround({ version, embedded: version === 18, disk: true, note }, async (ground) => {
        // One command of each kind, so that few have to be run in peace first.
        const workloads = kindsOf(ground.workloads).flatMap((kind, index) => {
          const own = ground.workloads.filter((workload) => workload.kind === kind);
          return own.slice(index % own.length, (index % own.length) + 1);
        });
        const campaign = new Campaign({ ...ground, workloads }, SEED, 4);
        for await (const outcome of campaign.kills(20)) outcomes.push(outcome);
        for await (const outcome of campaign.faults(10)) outcomes.push(outcome);
      });
      const wrong = outcomes.flatMap(({ scenario, defects }) => defects.map((defect) => `${scenario}: ${defect}`));
      expect(wrong).to.deep.equal([]);
      expect(outcomes.flatMap(({ struck }) => struck)).to.have.length.at.least(25);
    });
  }
});
