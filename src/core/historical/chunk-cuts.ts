import type { NanosRange } from '../coverage/coverage-claim.js';
import { overlapOf } from '../coverage/range-set.js';
import { type CalendarUnit, cutByCalendar } from './calendar-units.js';
import { sizeOfRange } from './estimate-range.js';
import type { ApiCall, HistoricalApi } from './historical-api.js';
import type { RangeRequest } from './range-request.js';

/** How long a chunk is: a unit of the calendar, the whole range, or what its size says. */
export type ChunkLength = 'auto' | 'none' | CalendarUnit;

/** Most billable bytes of a chunk of more than one day. */
export const MOST_CHUNK_BYTES = 256 * 2 ** 20;

const SMALLER: Readonly<Record<CalendarUnit, CalendarUnit | null>> = { month: 'week', week: 'day', day: null };

/**
 * Cuts what is to be bought of a request into chunks. With `auto` a chunk is a month, where that has less than
 * {@link MOST_CHUNK_BYTES} to bill, else a week of it, else a day. The sizes are those of the request and the calendar,
 * whatever is there already: a resumed run cuts where the first one did, and finds what it had begun to fetch.
 */
export class ChunkCuts {
  readonly #sizes = new Map<string, Promise<number>>();

  /** @param whole all symbols and all the time that the chunks are parts of */
  constructor(
    private readonly api: HistoricalApi,
    private readonly whole: RangeRequest,
    private readonly length: ChunkLength,
    private readonly call: ApiCall,
  ) {}

  /**
   * The chunks of a stretch of the request.
   * @param asked says of a time whether it will be asked for at all; where it will not, nothing has to be small
   */
  async cut(stretch: NanosRange, asked: (range: NanosRange) => boolean): Promise<NanosRange[]> {
    if (this.length === 'none') return [stretch];
    if (this.length !== 'auto') return cutByCalendar(this.length, stretch);
    return this.#cutBySize('month', this.whole, stretch, asked);
  }

  async #cutBySize(
    unit: CalendarUnit,
    outer: NanosRange,
    stretch: NanosRange,
    asked: (range: NanosRange) => boolean,
  ): Promise<NanosRange[]> {
    const smaller = SMALLER[unit];
    const chunks: NanosRange[] = [];
    for (const { start, end } of cutByCalendar(unit, outer)) {
      const chunk = overlapOf({ start, end }, stretch);
      if (chunk.start >= chunk.end) continue;
      if (smaller === null || !asked(chunk) || (await this.#isSmall({ start, end }))) chunks.push(chunk);
      else chunks.push(...(await this.#cutBySize(smaller, { start, end }, stretch, asked)));
    }
    return chunks;
  }

  async #isSmall(range: NanosRange): Promise<boolean> {
    if ((await this.#size(this.whole)) <= MOST_CHUNK_BYTES) return true;
    return (await this.#size(range)) <= MOST_CHUNK_BYTES;
  }

  #size({ start, end }: NanosRange): Promise<number> {
    const key = `${start} ${end}`;
    let size = this.#sizes.get(key);
    if (size === undefined) {
      size = sizeOfRange(this.api, { ...this.whole, start, end }, this.call);
      this.#sizes.set(key, size);
    }
    return size;
  }
}
