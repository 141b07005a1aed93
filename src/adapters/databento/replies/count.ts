import { Count } from './fields.js';

/** A bare whole number: metadata.get_record_count, metadata.get_billable_size (uncompressed binary bytes). */
export class CountReply {
  @Count() value!: number;
}
