import { amountOf, Converted } from './fields.js';

/** A bare number: metadata.get_cost, US dollars, as the digits of the reply. */
export class CostReply {
  @Converted('a number not below 0', amountOf) value!: string;
}
