/** How long bars of trades can be: the lengths of the vendor's own schemas that follow the clock. */
export const BAR_LENGTHS = ['1s', '1m', '1h', '1d'] as const;
export type BarLength = (typeof BAR_LENGTHS)[number];

/** The word that a text is, `undefined` for any other. */
export function barLengthOf(text: string): BarLength | undefined {
  return BAR_LENGTHS.find((length) => length === text);
}
