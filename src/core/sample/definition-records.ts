import { definitionTemplates, type DefinitionTemplate } from './definition-templates.js';
import { Oddity, oddityAt } from './oddities.js';
import { Random } from './random.js';
import { offsetsOf, type RecordSeries } from './record-series.js';
import type { CheckedRequest } from './sample-request.js';
import { SessionClock } from './session-clock.js';
import { OTHER_PUBLISHER } from './trade-records.js';
import { tradingDays, type TradingDay } from './trading-days.js';
import { writeTime, writeUint64Max } from './wide-integers.js';

const [ADD, MODIFY, DELETE] = [...'AMD'].map((letter) => letter.charCodeAt(0)) as [number, number, number];
const TWO_HOURS_NS = 7_200_000_000_000;

/**
 * Definitions of futures, of calendar spreads (a record for each leg from version 3 on) and of options with strikes:
 * every day all that is listed, then all of it again as long as records are due.
 */
export class DefinitionRecords implements RecordSeries {
  readonly recordSize: number;
  private readonly templates: readonly DefinitionTemplate[];
  private readonly at: Readonly<Record<'publisher_id' | 'ts_event' | 'ts_recv' | 'security_update_action', number>>;
  private readonly random: Random;
  private readonly clock: SessionClock;
  private ordinal = 0;
  private listed: readonly DefinitionTemplate[] = [];
  /** Of those listed, the one that comes next. */
  private position = 0;
  private firstPass = true;

  // The current record. A duplicate is written from the same values again.
  private day!: TradingDay;
  private oddity: Oddity = Oddity.None;
  private template!: DefinitionTemplate;
  private received = 0;
  private event = 0;

  constructor(request: CheckedRequest) {
    const { layout, templates } = definitionTemplates(request);
    this.templates = templates;
    this.recordSize = layout.size;
    this.at = offsetsOf(layout, ['publisher_id', 'ts_event', 'ts_recv', 'security_update_action']);
    this.random = new Random(request.seed);
    this.clock = new SessionClock(tradingDays(request.startDay, request.days), request.records, this.random);
  }

  writeNext(view: DataView, at: number): void {
    const oddity = oddityAt(this.ordinal);
    const firstOfDay = this.clock.next();
    if (firstOfDay) this.openDay();
    if (oddity !== Oddity.Duplicate || firstOfDay) this.advance(oddity);
    this.write(view, at);
    this.ordinal += 1;
  }

  private openDay(): void {
    this.day = this.clock.day;
    const { day } = this.day;
    this.listed = this.templates.filter((template) => template.startDay <= day && day < template.endDay);
    this.position = 0;
    this.firstPass = this.ordinal === 0;
  }

  private advance(oddity: Oddity): void {
    if (this.position === this.listed.length) {
      this.position = 0;
      this.firstPass = false;
    }
    this.template = this.listed[this.position] as DefinitionTemplate;
    this.position += 1;
    this.oddity = oddity;
    // The legs of one spread are one message.
    if (this.template.continues) return;
    this.received = this.clock.offset;
    const late = oddity === Oddity.LateTsEvent ? TWO_HOURS_NS : 0;
    this.event = this.received - 40_000 - this.random.below(400_000) - late;
  }

  private write(view: DataView, record: number): void {
    const { at, oddity } = this;
    new Uint8Array(view.buffer, view.byteOffset + record, this.recordSize).set(this.template.bytes);
    if (oddity === Oddity.OtherPublisher) view.setUint16(record + at.publisher_id, OTHER_PUBLISHER, true);
    if (oddity === Oddity.UndefinedTsEvent) writeUint64Max(view, record + at.ts_event);
    else writeTime(view, record + at.ts_event, this.day.midnight, this.event);
    writeTime(view, record + at.ts_recv, this.day.midnight, this.received);
    view.setUint8(record + at.security_update_action, this.action());
  }

  private action(): number {
    if (this.oddity === Oddity.Deletion) return DELETE;
    return this.firstPass ? ADD : MODIFY;
  }
}
