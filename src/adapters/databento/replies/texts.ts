import { Texts } from './fields.js';

/** A bare array of texts: metadata.list_datasets, metadata.list_schemas. */
export class TextsReply {
  @Texts() value!: readonly string[];
}
