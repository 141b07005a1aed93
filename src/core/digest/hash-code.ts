import { LENGTH_PRIME, PRIME_1, PRIME_2, START_1, START_2 } from './row-hasher.js';

/**
 * Source text that hashes a row as {@link RowHasher} does, for functions that are generated and have the values of its
 * cells at hand. It works on the variables `h` and `g`.
 */

/** Before the first cell of a row. */
export const START_CODE = `h = ${START_1}; g = ${START_2};`;

/** Behind the last cell: adds the row to the sums `first` and `second`. */
export const FINISH_CODE = `${spreadCode('h', 'h ^ g')} ${spreadCode('g', 'g + h')}
  first = (first + h) | 0; second = (second + g) | 0;`;

/** Takes one word in, an expression of an integer whose low 32 bits count. */
export function wordCode(word: string): string {
  return `h = Math.imul(h ^ ${word}, ${PRIME_1}); h = h << 13 | h >>> 19; g = Math.imul(g ^ h, ${PRIME_2}); g = g << 15 | g >>> 17;`;
}

/** A cell of so many bytes, of which the words are given, the first ones first; nothing for a column that is left out. */
export function cellCode(seed: number, size: number, words: readonly string[]): string {
  if (seed === 0) return '';
  const head = (seed + Math.imul(size, LENGTH_PRIME)) | 0;
  const [first = '0', ...rest] = words;
  return [wordCode(`${head} ^ (${first})`), ...rest.map((word) => wordCode(`(${word})`))].join(' ');
}

/** What goes into the first word of a cell: which column it is, and the expression of its size. */
export function headOfCell(seed: number, size: string): string {
  return `${seed} + Math.imul(${size}, ${LENGTH_PRIME}) | 0`;
}

/** A `numeric` as {@link writtenCellCode}: read in halves, as it was written, for which the processor need not wait. */
export function numericCellCode(seed: number, start: string, end: string): string {
  if (seed === 0) return '';
  const word = 'out.getUint16(a) << 16 | out.getUint16(a + 2)';
  return `{ let a = ${start}, w = ${headOfCell(seed, `${end} - a`)};
    for (; a + 4 < ${end}; a += 4) { ${wordCode(`w ^ (${word})`)} w = 0; }
    ${wordCode(`w ^ (${end} - a === 2 ? out.getUint16(a) : ${word})`)} }`;
}

/** A cell as it stands in the view `out`, from the expression `start` to `end`; four bytes behind it can be read. */
export function writtenCellCode(seed: number, start: string, end: string): string {
  if (seed === 0) return '';
  return `{ let a = ${start}, w = ${headOfCell(seed, `${end} - a`)};
    for (; a + 4 < ${end}; a += 4) { ${wordCode('w ^ out.getInt32(a)')} w = 0; }
    const rest = ${end} - a;
    ${wordCode('w ^ (rest === 0 ? 0 : out.getInt32(a) >>> (32 - 8 * rest))')} }`;
}

function spreadCode(target: string, value: string): string {
  return `${target} = ${value}; ${target} = Math.imul(${target} ^ ${target} >>> 16, ${PRIME_2});
    ${target} = Math.imul(${target} ^ ${target} >>> 13, ${LENGTH_PRIME}); ${target} ^= ${target} >>> 16;`;
}
