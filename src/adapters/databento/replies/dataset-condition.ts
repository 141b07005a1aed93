import { Text, UtcDate } from './fields.js';

/** One entry of metadata.get_dataset_condition. */
export class DatasetCondition {
  @UtcDate() date!: string;
  /** `available`, `degraded`, `pending`, `missing`, or one that the vendor adds. */
  @Text() condition!: string;
  @UtcDate({ optional: true }) last_modified_date!: string | null;
}
