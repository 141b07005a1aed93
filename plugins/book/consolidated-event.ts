import { Int32, Nanos } from 'tickloom/plugin/core';
import { VenueEvent } from './venue-event.js';

/** One event of a consolidated feed, without the quotes behind it: what cmbp-1 and tcbbo have in common. */
export abstract class ConsolidatedEvent extends VenueEvent {
  @Nanos({ description: 'Time of receipt at the capture server.' })
  ts_recv!: bigint;

  @Int32({ description: 'ts_recv minus the sending time of the venue, ns.' })
  ts_in_delta!: number;
}
