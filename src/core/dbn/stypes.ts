/** Symbologies, in the order of the numbers that stand for them in metadata and records. */
export const STYPE_NAMES = [
  'instrument_id',
  'raw_symbol',
  'smart',
  'continuous',
  'parent',
  'nasdaq_symbol',
  'cms_symbol',
  'isin',
  'us_code',
  'bbg_comp_id',
  'bbg_comp_ticker',
  'figi',
  'figi_ticker',
  'listing_id',
  'issuer_id',
  'security_id',
] as const;

export type StypeName = (typeof STYPE_NAMES)[number];

/** The number that means "none or mixed". */
export const NO_STYPE = 255;

/** Other spellings that the vendor accepts. */
const ALIASES: Readonly<Record<string, StypeName>> = {
  product_id: 'instrument_id',
  native: 'raw_symbol',
  nasdaq: 'nasdaq_symbol',
  cms: 'cms_symbol',
};

const UNKNOWN = /^unknown-(\d{1,3})$/;

/** The name for a number: `null` for none or mixed, `unknown-<n>` for a number not known here. */
export function stypeName(number: number): string | null {
  return number === NO_STYPE ? null : (STYPE_NAMES[number] ?? `unknown-${number}`);
}

/** The number for a name or one of its other spellings, `undefined` for a name that has none. */
export function stypeNumber(name: string | null): number | undefined {
  if (name === null) return NO_STYPE;
  const unknown = UNKNOWN.exec(name)?.[1];
  if (unknown !== undefined)
    return stypeName(Number(unknown)) === name && Number(unknown) < NO_STYPE ? Number(unknown) : undefined;
  const index = STYPE_NAMES.indexOf((ALIASES[name] ?? name) as StypeName);
  return index === -1 ? undefined : index;
}
