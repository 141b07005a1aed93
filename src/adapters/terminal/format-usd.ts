/** An amount in US dollars; fractions of a cent are shown where they are all there is: `$12.40`, `$0.0031`. */
export function formatUsd(usd: number): string {
  const decimals = usd !== 0 && Math.abs(usd) < 0.01 ? 4 : 2;
  return `$${usd.toFixed(decimals).replace(/\B(?=(\d{3})+\.)/g, ',')}`;
}
