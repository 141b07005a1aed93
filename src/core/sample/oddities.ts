/**
 * What real data holds and made-up data usually does not. Each of these comes up in every thousand records, most of
 * them in the first two hundred, in numbers like those of a real session.
 */
export const Oddity = {
  None: 0,
  /** Equal in every field to the record before, and still another fill. */
  Duplicate: 1,
  /** Another fill of the same venue event: equal ts_event, sequence and ts_recv. */
  SameEvent: 2,
  UndefinedPrice: 3,
  ZeroSize: 4,
  /** A side that is the NUL byte. */
  NoSide: 5,
  UndefinedTsEvent: 6,
  /** A ts_event hours before the one of the record before. */
  LateTsEvent: 7,
  /** Of an instrument that the header does not map; its prices are those of a spread: around zero. */
  Unmapped: 8,
  OtherPublisher: 9,
  /** No offer in the book. */
  OneSidedBook: 10,
  /** A ts_recv before the venue's sending time. */
  NegativeDelta: 11,
  /** Delivered under the flag that says so: ts_recv is not to be trusted. */
  BadTsRecv: 12,
  /** Takes back a statistic or a definition. */
  Deletion: 13,
} as const;
export type Oddity = (typeof Oddity)[keyof typeof Oddity];

const PERIOD = 1000;

const POSITIONS: readonly (readonly [Oddity, readonly number[]])[] = [
  [Oddity.Duplicate, [31, 32, 187, 523, 797]],
  [Oddity.SameEvent, [17, 18, 71, 131, 132, 133, 211, 307, 308, 367, 431, 499, 500, 571, 641, 733, 839, 877, 911, 967]],
  [Oddity.UndefinedPrice, [41]],
  [Oddity.ZeroSize, [53]],
  [Oddity.NoSide, [61]],
  [Oddity.UndefinedTsEvent, [83]],
  [Oddity.LateTsEvent, [97, 661]],
  [Oddity.Unmapped, [11, 103, 104, 751]],
  [Oddity.OtherPublisher, [113]],
  [Oddity.OneSidedBook, [127, 613]],
  [Oddity.NegativeDelta, [149]],
  [Oddity.BadTsRecv, [163]],
  [Oddity.Deletion, [173]],
];

const TABLE = new Uint8Array(PERIOD);
for (const [oddity, positions] of POSITIONS) for (const position of positions) TABLE[position] = oddity;

/** What is odd about the record at this position of the stream. */
export function oddityAt(ordinal: number): Oddity {
  return TABLE[ordinal % PERIOD] as Oddity;
}
