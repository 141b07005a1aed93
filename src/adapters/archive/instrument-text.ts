import 'reflect-metadata';
import { IsInt, IsString, Matches, Min } from '../../core/validation/class-validator-parts.js';
import type { InstrumentSymbol } from '../../core/historical/instrument-symbol.js';

const DATE = /^\d{4}-\d\d-\d\d$/;

/** The raw symbol of an instrument on some days, as it stands in the archive's documents. */
export class InstrumentText {
  @IsInt() @Min(0) instrument_id!: number;
  @IsString() symbol!: string;
  @Matches(DATE) start_date!: string;
  @Matches(DATE) end_date!: string;
}

export function instrumentToText({ instrumentId, symbol, startDate, endDate }: InstrumentSymbol): InstrumentText {
  return { instrument_id: instrumentId, symbol, start_date: startDate, end_date: endDate };
}

export function instrumentFromText(text: InstrumentText): InstrumentSymbol {
  const { instrument_id: instrumentId, symbol, start_date: startDate, end_date: endDate } = text;
  return { instrumentId, symbol, startDate, endDate };
}
