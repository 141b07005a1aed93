/** The raw symbol of an instrument on some UTC days, where no header says it. Dates are YYYY-MM-DD, the end exclusive. */
export interface InstrumentSymbol {
  readonly instrumentId: number;
  readonly symbol: string;
  readonly startDate: string;
  readonly endDate: string;
}
