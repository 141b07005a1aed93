import { Int32, Nanos, Uint32, Uint8 } from 'tickloom/plugin/core';
import { VenueEvent } from './venue-event.js';

/** One event that changed a book, without the book behind it: what mbp-1 and mbp-10 have in common. */
export abstract class BookEvent extends VenueEvent {
  @Uint8({ description: 'Book level that the event touched, 0 is the top.' })
  depth!: number;

  @Nanos({ description: 'Time of receipt at the capture server.' })
  ts_recv!: bigint;

  @Int32({ description: 'ts_recv minus the sending time of the venue, ns.' })
  ts_in_delta!: number;

  @Uint32({ description: "Sequence number of the venue's message; no key." })
  sequence!: number;
}
