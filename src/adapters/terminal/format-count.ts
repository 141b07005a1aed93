/** A whole number with thousands separators: `12,345,678`. */
export function formatCount(count: number | bigint): string {
  const digits = (typeof count === 'number' ? BigInt(Math.round(count)) : count).toString();
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}
