import { Nanos, Uint16, Uint32 } from './field-decorators.js';

/** What every record has: the fields of the header that become columns. */
export abstract class MarketRecord {
  @Uint16({ description: 'Publisher id: dataset and venue.' })
  publisher_id!: number;

  @Uint32({ description: 'Numeric instrument id; only unique within a day.' })
  instrument_id!: number;

  @Nanos({ description: 'Time of the event at the matching engine.' })
  ts_event!: bigint | null;
}
