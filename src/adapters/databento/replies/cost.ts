import { DecimalText } from './fields.js';

/** A bare number: metadata.get_cost, US dollars, as the digits of the reply. */
export class CostReply {
  @DecimalText() value!: string;
}
