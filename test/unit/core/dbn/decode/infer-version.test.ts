import { expect } from 'chai';
import {
  encodeRecord,
  inferVersions,
  layoutNamed,
  possibleVersions,
  type DbnVersion,
} from '../../../../../src/core/dbn/index.js';

const VERSIONS: readonly DbnVersion[] = [1, 2, 3];
const CHANGED = ['definition', 'symbol-mapping', 'error', 'system', 'statistics'];

describe('version inference', () => {
  for (const name of CHANGED) {
    for (const version of VERSIONS) {
      for (const tsOut of [false, true]) {
        it(`finds version ${version} possible for its own "${name}"${tsOut ? ' with ts_out' : ''}`, () => {
          const layout = layoutNamed(name, version)!;
          const record = encodeRecord(layout, {}, { tsOut });
          expect(possibleVersions(layout.rtypes[0]!, record.length)).to.deep.equal(layout.versions);
        });
      }
    }
  }

  it('learns nothing from records that never changed', () => {
    expect(inferVersions(encodeRecord(layoutNamed('trade', 3)!, {}))).to.deep.equal([1, 2, 3]);
  });

  it('narrows down over several records', () => {
    const trade = encodeRecord(layoutNamed('trade', 3)!, {});
    const statistic = encodeRecord(layoutNamed('statistics', 2)!, {});
    const mapping = encodeRecord(layoutNamed('symbol-mapping', 2)!, {});
    expect(inferVersions(Buffer.concat([trade, statistic]))).to.deep.equal([1, 2]);
    expect(inferVersions(Buffer.concat([trade, statistic, mapping]))).to.deep.equal([2]);
  });

  it('finds no version for records that contradict each other', () => {
    const records = VERSIONS.map((version) => encodeRecord(layoutNamed('definition', version)!, {}));
    expect(inferVersions(Buffer.concat(records))).to.deep.equal([]);
  });

  it('stops at bytes that are no record', () => {
    expect(inferVersions(new Uint8Array(64))).to.deep.equal([1, 2, 3]);
  });
});
