const FEW_DECIMALS = 4;
const MOST_DECIMALS = 12;

/**
 * An amount in US dollars; fractions of a cent are shown where they are all there is, the first two digits that count
 * of those below $0.001: `$12.40`, `$0.0031`, `$0.000028`.
 */
export function formatUsd(usd: number): string {
  return `$${usd.toFixed(decimalsOf(Math.abs(usd))).replace(/\B(?=(\d{3})+\.)/g, ',')}`;
}

function decimalsOf(usd: number): number {
  if (usd === 0 || usd >= 0.01) return 2;
  const leadingZeros = -Math.floor(Math.log10(usd)) - 1;
  return Math.min(Math.max(FEW_DECIMALS, leadingZeros + 2), MOST_DECIMALS);
}
