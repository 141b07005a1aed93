/**
 * A number with its noun: `1 record`, `5,000 records`.
 * @param shown the number as it is to be read
 */
export function counted(count: number, noun: string, shown = String(count)): string {
  return `${shown} ${noun}${count === 1 ? '' : 's'}`;
}
