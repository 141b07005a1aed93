import { Text, Texts, UtcDate } from './fields.js';

/** One stretch of days of symbology.resolve. */
export class SymbolInterval {
  /** Inclusive. */
  @UtcDate() d0!: string;
  /** Exclusive. */
  @UtcDate() d1!: string;
  /** The symbol in the output symbology. */
  @Text() s!: string;
}

/** What symbology.resolve says besides its intervals. Some replies have nothing but these. */
export class SymbologyOutcome {
  /** Resolved for part of the range. */
  @Texts() partial!: readonly string[];
  /** Resolved on no day. */
  @Texts() not_found!: readonly string[];
}
