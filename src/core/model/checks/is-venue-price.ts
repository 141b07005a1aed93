import type { ValidationOptions } from 'class-validator';
import { FIXED_PRICE_SCALE } from '../../dbn/constants.js';
import { checkDecorator } from './check-spec.js';
import { showValue } from './show-value.js';

/** No venue prices anything beyond this many units of currency: what is beyond is a broken record. */
const VENUE_LIMIT = 1_000_000_000n;

/**
 * A price beyond ±1,000,000,000 units cannot be true. `null` (no price), zero and negative prices pass.
 */
export function IsVenuePrice(options?: ValidationOptions): PropertyDecorator {
  const bound = VENUE_LIMIT * FIXED_PRICE_SCALE;
  return checkDecorator(
    {
      decorator: '@IsVenuePrice()',
      name: 'isVenuePrice',
      check: { rule: 'between', min: -bound, max: bound },
      codeOf: () => 'price-out-of-range',
      summary: `between -${VENUE_LIMIT} and ${VENUE_LIMIT}`,
      validate: (value) => value === null || (typeof value === 'bigint' && value >= -bound && value <= bound),
      message: ({ property, value }) =>
        `${property} must be between -${VENUE_LIMIT} and ${VENUE_LIMIT}, found ${showValue(value, 'price')}`,
    },
    options,
  );
}
