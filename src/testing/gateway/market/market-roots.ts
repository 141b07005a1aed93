import { ROOTS, type Root } from '../../../core/sample/contracts.js';

/** Rough rice, a thin market: it is not among the products of a sample. */
const ROUGH_RICE: Root = {
  code: 'ZR',
  cycle: 'FHKNUX',
  lead: 0,
  tick: 5_000_000,
  price: 3_480,
  exchange: 'XCBT',
  unit: 'CWT',
  unitQuantity: 2_000,
};

/** Every futures product that the made-up market can have. */
export const MARKET_ROOTS: readonly Root[] = [...ROOTS, ROUGH_RICE];

/** @throws RangeError when the market has no such product */
export function rootNamed(code: string): { readonly root: Root; readonly index: number } {
  const index = MARKET_ROOTS.findIndex((known) => known.code === code);
  const root = MARKET_ROOTS[index];
  if (root !== undefined) return { root, index };
  throw new RangeError(`no product "${code}"; known: ${MARKET_ROOTS.map((known) => known.code).join(', ')}`);
}
