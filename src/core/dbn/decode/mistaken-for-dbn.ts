const ascii = (text: string): readonly number[] => [...text].map((letter) => letter.charCodeAt(0));

/** What people have beside DBN files, by the first bytes, and what to do about each. */
const OTHERS: readonly (readonly [firstBytes: readonly number[], advice: string])[] = [
  [[...ascii('PK'), 3, 4], 'It is a ZIP archive: unpack it, and name the files in it.'],
  [[0x1f, 0x8b], 'It is compressed with gzip: unpack it first.'],
  [[...ascii('BZh')], 'It is compressed with bzip2: unpack it first.'],
  [[0xfd, ...ascii('7zXZ')], 'It is compressed with xz: unpack it first.'],
  [ascii('PAR1'), 'It is a Parquet file: get the same data in the encoding dbn.'],
];
/** ASCII, also behind a byte order mark. */
const TEXT = /^(?:\xef\xbb\xbf)?[\t\r\n\x20-\x7e]+$/;

/** What to do with bytes that are not DBN. @param firstBytes a dozen of them, or all there are */
export function adviceForNoDbn(firstBytes: Uint8Array): string {
  const other = OTHERS.find(([start]) => start.every((byte, index) => firstBytes[index] === byte));
  if (other !== undefined) return other[1];
  if (TEXT.test(String.fromCharCode(...firstBytes.subarray(0, 12)))) {
    return 'It is text: load it with --source csv or --source jsonl, or get the same data in the encoding dbn.';
  }
  return 'Name a DBN file, or declare a fragment with --dataset, --schema and --dbn-version.';
}
