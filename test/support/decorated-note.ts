/** The module of a plugin with a layout of its own, in TypeScript with decorators, as an author writes it. */
export const DECORATED_NOTE = `
import { Char, defineSchemaPlugin, IsIn, IsNotBelow, IsVenuePrice, MarketRecord, Max, Nanos, Price, Record, Text, Transform, Uint64, Uint8 } from 'tickloom/plugin';

@Record({ indexTimestamp: 'ts_event' })
class Note extends MarketRecord {
  @Max(200) @Uint8() count!: number;
  @IsIn(['A', 'B', 'N', null, ...'CDEFGHIJKLMOPQRSTUVWXYZ']) @Char() kind!: string | null;
  @IsVenuePrice() @Price({ description: 'Lowest price.' }) low!: bigint | null;
  @IsNotBelow('low') @Price() high!: bigint | null;
  @Transform(({ value }) => value) @Uint64() total!: bigint;
  @Nanos() ts_sent!: bigint | null;
  @Text(6) place!: string;
}

export default defineSchemaPlugin({
  name: 'notes',
  version: '1.0.0',
  apiVersion: 1,
  schemas: [{ name: 'notes', rtype: 0xe0, table: 'notes' }],
  model: Note,
});
`;
