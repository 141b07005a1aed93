import { Text } from './fields.js';

/** One entry of metadata.list_fields. */
export class SchemaField {
  @Text() name!: string;
  /** The name of a C type for DBN: `uint64_t`. */
  @Text() type!: string;
}
