import { expect } from 'chai';
import { adviceForNoDbn } from '../../../../../src/core/dbn/decode/mistaken-for-dbn.js';

describe('what is mistaken for DBN', () => {
  const cases: [what: string, bytes: Buffer, advice: RegExp][] = [
    ['a ZIP archive', Buffer.from('PK\x03\x04\x14\0\0\0\x08\0', 'latin1'), /ZIP archive: unpack/],
    ['gzip', Buffer.from('1f8b0800000000000003', 'hex'), /gzip: unpack/],
    ['bzip2', Buffer.from('BZh91AY&SY'), /bzip2: unpack/],
    ['xz', Buffer.from('fd377a585a000004', 'hex'), /xz: unpack/],
    ['Parquet', Buffer.from('PAR1\x15\x04'), /Parquet/],
    ['csv', Buffer.from('ts_event,price\n'), /--source csv/],
    ['csv of a spreadsheet', Buffer.from('\ufeffts_event,price\r\n'), /--source csv/],
    ['JSON lines', Buffer.from('{"hd":{"ts_event":"1"'), /--source jsonl/],
    ['the records of a fragment', Buffer.from('0c0001000a000000aabbccdd', 'hex'), /declare a fragment/],
  ];
  for (const [what, bytes, advice] of cases) {
    it(`is told from ${what}`, () => {
      expect(adviceForNoDbn(bytes.subarray(0, 12))).to.match(advice);
    });
  }
});
