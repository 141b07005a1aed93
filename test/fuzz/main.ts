import { parseArgs } from 'node:util';
import { watch } from './watchdog.js';

const USAGE = `Usage: npm run test:fuzz -- [--seed N] [--inputs N] [--only N [--save FILE]] [--no-database]

Makes inputs by changing sound ones, and tries them: each is refused with an error of ours or read exactly as its bytes
say. The same seed makes the same inputs; --only tries one of them, and --save writes its bytes to a file.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      seed: { type: 'string', default: '1' },
      inputs: { type: 'string', default: '100000' },
      only: { type: 'string', default: '' },
      save: { type: 'string', default: '' },
      'no-database': { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const only = values.only === '' ? undefined : Number(values.only);
  const started = Date.now();
  const result = await watch({
    seed: Number(values.seed),
    from: only ?? 0,
    to: only === undefined ? Number(values.inputs) : only + 1,
    database: !values['no-database'],
    saveTo: values.save === '' ? null : values.save,
  });
  const counts = Object.entries(result.counts).sort(([a], [b]) => (a < b ? -1 : 1));
  process.stdout.write(
    [
      `seed ${values.seed}: ${values.inputs} inputs, ${Math.round((Date.now() - started) / 1000)} s, ` +
        `peak ${Math.round(result.peakRssBytes / 1024 / 1024)} MB of memory`,
      `defects: ${result.defects.length}`,
      '',
      '| input: what became of it | times |',
      '| --- | ---: |',
      ...counts.map(([name, count]) => `| ${name} | ${count} |`),
      '',
      ...result.defects,
      '',
    ].join('\n'),
  );
  if (result.defects.length > 0) process.exitCode = 1;
}

await main();
