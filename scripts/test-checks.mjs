// npm run test:checks -- 100000 [seed]: so many random records of each schema and DBN version, compiled checks against validateSync.
import { spawnSync } from 'node:child_process';

const [records = '100000', seed = String(Math.floor(Math.random() * 1_000_000) + 1)] = process.argv.slice(2);
process.stdout.write(`seed ${seed}\n`);
const { status } = spawnSync(
  process.execPath,
  [
    'node_modules/mocha/bin/mocha.js',
    '--no-config',
    '--timeout',
    '0',
    'dist/test/unit/core/compile/check-agreement.test.js',
  ],
  { stdio: 'inherit', env: { ...process.env, CHECK_RECORDS: records, CHECK_SEED: seed } },
);
process.exitCode = status ?? 1;
