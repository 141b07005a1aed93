import { TickloomError } from '../errors/index.js';
import type { PlainField, PlainFields } from './plain-fields.js';

/** Their numbers have two digits. */
const MOST_LEVELS = 100;

/** `00`, `01` … for a number of levels that the compiler knows. */
type LevelNumber<Count extends number, Before extends readonly string[] = []> = number extends Count
  ? string
  : Before['length'] extends Count
    ? Before[number]
    : LevelNumber<Count, [...Before, TwoDigits<`${Before['length']}`>]>;
type TwoDigits<Digits extends string> = Digits extends `${infer _}${infer Rest}`
  ? Rest extends ''
    ? `0${Digits}`
    : Digits
  : never;

/** The fields of one level for each of `Count` levels: `bid_px_00`, `ask_px_00` … `bid_px_01` … */
export type Levels<Count extends number, Level extends PlainFields> = {
  readonly [Name in keyof Level & string as `${Name}_${LevelNumber<Count>}`]: Level[Name];
};

/**
 * The fields of a book's levels, as DBN names them: those of one level with `_00` behind their names, then those of the
 * next with `_01` … Where there are several, the descriptions say which.
 *
 * @param count how many levels, 1 to 100
 * @param level the fields of one; a check that names another field gives its whole name, number included
 * @throws MODEL_INVALID for another count
 */
export function levels<Count extends number, const Level extends PlainFields>(
  count: Count,
  level: Level,
): Levels<Count, Level> {
  if (!Number.isInteger(count) || count < 1 || count > MOST_LEVELS) {
    throw new TickloomError('MODEL_INVALID', `a book has 1 to ${MOST_LEVELS} levels, found ${String(count)}`, {
      hint: 'Give the number of levels that each record holds.',
    });
  }
  const all = Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(2, '0');
    return Object.entries(level).map(([name, field]) => [`${name}_${number}`, ofLevel(field, number, count)] as const);
  });
  return Object.fromEntries(all.flat()) as unknown as Levels<Count, Level>;
}

function ofLevel(field: PlainField, number: string, count: number): PlainField {
  const { wire, description } = field;
  return {
    ...field,
    ...(wire === undefined ? {} : { wire: `${wire}_${number}` }),
    ...(description === undefined || count === 1
      ? {}
      : { description: `${description.replace(/\.$/, '')}, level ${number}.` }),
  };
}
