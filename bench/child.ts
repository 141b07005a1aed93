import type { Measurement, Workload } from './bench-case.js';
import { CASES } from './cases/index.js';

/** The process of one run of one case: started by `measure`, answers with a {@link Measurement} and ends. */
async function main(): Promise<void> {
  const [name = '', workload = '{}'] = process.argv.slice(2);
  const found = CASES.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no bench case "${name}"`);
  const timing = await found.run(JSON.parse(workload) as Workload);
  const measurement: Measurement = { ...timing, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
  await new Promise<void>((sent) => process.send?.(measurement, () => sent()));
  process.disconnect();
}

await main();
