import { expect } from 'chai';
import { detectContainer } from '../../../../../src/core/dbn/decode/detect-container.js';

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('container detection', () => {
  const CASES: readonly [what: string, hex: string, container: string][] = [
    ['the magic and version of DBN', '44 42 4e 03 78 00 00 00', 'dbn'],
    ['DBN of a version not known here', '44 42 4e 09', 'dbn'],
    ['a zstd frame', '28 b5 2f fd 04 58', 'zstd'],
    ['a zstd skippable frame', '5a 2a 4d 18 03 00 00 00 01 02 03 28', 'zstd'],
    ['a skippable frame that holds the magic of DBZ', '51 2a 4d 18 20 00 00 00 44 42 5a 01', 'dbz'],
    ['a skippable frame cut before its content', '51 2a 4d 18', 'zstd'],
    ['a fragment, which describes nothing', '0c 00 01 00 6a 15 00 00', 'unknown'],
    ['three bytes of the magic of zstd', '28 b5 2f', 'unknown'],
    ['nothing', '', 'unknown'],
  ];
  for (const [what, hex, container] of CASES) {
    it(`takes ${what} for "${container}"`, () => {
      expect(detectContainer(bytes(hex))).to.equal(container);
    });
  }
});
