import { FIXED_PRICE_SCALE } from '../dbn/constants.js';

/** A price in units of 1e-9 as a decimal without trailing zeros: 3720250000000 is `3720.25`. */
export function formatPrice(raw: bigint): string {
  const magnitude = raw < 0n ? -raw : raw;
  const fraction = (magnitude % FIXED_PRICE_SCALE).toString().padStart(9, '0').replace(/0+$/, '');
  const whole = (magnitude / FIXED_PRICE_SCALE).toString();
  return `${raw < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}
