/** A share as whole per cent, rounded down, so that 100 % means done: `67 %`. */
export function formatPercent(share: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, share)) * 100 + 1e-9)} %`;
}
