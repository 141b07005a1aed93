// npm run test:properties -- 1000 [seed]: random sequences of overlapping loads against a model.
import { spawnSync } from 'node:child_process';

const [runs = '1000', seed] = process.argv.slice(2);
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/mocha/bin/mocha.js',
    '--no-config',
    'dist/test/integration/adapters/postgres/sink-properties*.test.js',
  ],
  { stdio: 'inherit', env: { ...process.env, PROPERTY_RUNS: runs, ...(seed ? { PROPERTY_SEED: seed } : {}) } },
);
process.exitCode = status ?? 1;
