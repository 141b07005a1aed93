import type { FieldType } from '../wire-types.js';
import { formatPrice } from '../../text/format-price.js';

/** A value as a person reads it in a reason, in quotes; prices in whole units, nothing as `nothing`. */
export function showValue(value: unknown, type?: FieldType): string {
  if (value === null || value === undefined) return 'nothing';
  if (type === 'price' && typeof value === 'bigint') return `"${formatPrice(value)}"`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `"${String(value)}"`;
  return `a value of type ${typeof value}`;
}
