import { Count, Text } from './fields.js';

/** One entry of metadata.list_publishers. */
export class Publisher {
  @Count() publisher_id!: number;
  @Text() dataset!: string;
  @Text() venue!: string;
  @Text() description!: string;
}
