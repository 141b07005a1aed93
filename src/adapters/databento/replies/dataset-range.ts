import { Nanos } from './fields.js';

/** Start and end of metadata.get_dataset_range, and of each schema in it; ns since the epoch, end exclusive. */
export class DatasetRangeReply {
  @Nanos() start!: bigint;
  @Nanos() end!: bigint;
}
