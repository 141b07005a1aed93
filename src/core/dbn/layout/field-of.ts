import { TickloomError } from '../../errors/index.js';
import type { RecordLayout, WireField } from './record-layout.js';

/**
 * The field of a layout by its name.
 * @throws INVARIANT when the layout has no such field
 */
export function fieldOf(layout: RecordLayout, name: string): WireField {
  const field = layout.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new TickloomError('INVARIANT', `layout "${layout.name}" has no field "${name}"`);
  return field;
}
