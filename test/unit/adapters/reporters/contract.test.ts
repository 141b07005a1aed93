import { CountingReporter, RecordingReporter, ReporterRegistry } from '../../../../src/adapters/reporters/index.js';
import { describeReporter } from '../../../../src/testing/reporter-contract.js';

const registry = new ReporterRegistry();

for (const name of registry.names()) {
  for (const quiet of [false, true]) {
    describe(`the reporter "${name}"${quiet ? ', quiet' : ''}`, () => {
      const make: Parameters<typeof describeReporter>[0] = (settings) =>
        registry.create({ name, quiet, interactive: settings.redrawable }, settings);
      describeReporter(make, { describe, it });
    });
  }
}

describe('the reporter that counts', () => describeReporter(() => new CountingReporter(), { describe, it }));
describe('the reporter that records', () => describeReporter(() => new RecordingReporter(), { describe, it }));
