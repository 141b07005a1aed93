const MOST_BYTES = 128 * 1024 * 1024;

/** Keeps what was made last, up to a size. */
export class BlockCache<T> {
  private readonly kept = new Map<string, T>();
  private bytes = 0;

  constructor(
    private readonly sizeOf: (value: T) => number,
    private readonly mostBytes = MOST_BYTES,
  ) {}

  get(key: string, make: () => T): T {
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.kept.set(key, made);
    this.bytes += this.sizeOf(made);
    for (const [oldest, value] of this.kept) {
      if (this.bytes <= this.mostBytes || oldest === key) break;
      this.kept.delete(oldest);
      this.bytes -= this.sizeOf(value);
    }
    return made;
  }
}
