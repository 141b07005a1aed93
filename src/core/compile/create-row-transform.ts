import { DeclaredTransform } from './declared-transform.js';
import { MappedTransform } from './mapped-transform.js';
import type { RowTransform, RowTransformOptions } from './row-transform.js';

/**
 * Makes the transform of a schema for one chunk; the compiled code behind it is shared by all chunks.
 * @throws DECODE_FAILED when the DBN version does not have the schema's records
 */
export function createRowTransform(options: RowTransformOptions): RowTransform {
  return options.schema.plugin.mapper === null
    ? new DeclaredTransform(options)
    : new MappedTransform(options, options.schema.plugin.mapper);
}
