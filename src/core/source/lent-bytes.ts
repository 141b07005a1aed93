/** What to do with the memory of pieces that nobody needs any more. */
const owners = new WeakMap<Uint8Array, () => void>();

/**
 * Lends memory to whoever reads `bytes`. It is theirs to keep: only where it is given back, `takeBack` is called, and may use
 * it again. Fresh memory for every piece costs more than reading into it.
 */
export function lend(bytes: Uint8Array, takeBack: () => void): void {
  owners.set(bytes, takeBack);
}

/**
 * Says that neither the caller nor anybody that it gave the bytes to looks at them again. To be called by who takes a
 * piece last; does nothing for bytes that were not lent.
 */
export function giveBack(bytes: Uint8Array): void {
  const takeBack = owners.get(bytes);
  owners.delete(bytes);
  takeBack?.();
}
