/** More symbols than that are counted instead of named. */
const SYMBOLS_SHOWN = 3;

export function symbolsText(symbols: readonly string[]): string {
  if (symbols.length <= SYMBOLS_SHOWN) return symbols.join(',');
  return `${symbols.slice(0, SYMBOLS_SHOWN - 1).join(',')} and ${symbols.length - SYMBOLS_SHOWN + 1} more`;
}

/** Days as days, and other times without what is zero at their end. */
export function timeText(time: string): string {
  return time
    .replace(/T00:00:00(\.0+)?Z$/, '')
    .replace(/(\.\d*?)0+Z$/, '$1Z')
    .replace('.Z', 'Z');
}

/** Six decimals: a day of bars costs far less than a cent. */
export function dollarsText(amount: number): string {
  return amount.toFixed(amount === 0 || amount >= 1 ? 2 : 6);
}
