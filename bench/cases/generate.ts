import { generateSample } from '../../src/core/sample/index.js';
import { timed, type BenchCase } from '../bench-case.js';

/** How fast samples are made: what every other case on made-up data must not wait for. */
export const generate: BenchCase = {
  name: 'generate',
  title: 'sample made in memory',
  needsDatabase: false,
  reference: null,
  run: (workload) =>
    timed(() => {
      const sample = generateSample(workload);
      let bytes = 0;
      for (const piece of sample.bytes()) bytes += piece.length;
      if (bytes !== sample.byteLength) throw new Error(`the sample has ${bytes} bytes, not ${sample.byteLength}`);
      return sample.records;
    }),
};
