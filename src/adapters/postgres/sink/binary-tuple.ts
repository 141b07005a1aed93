/** Writes one table row in PostgreSQL's binary COPY format, field by field. */
export class BinaryTuple {
  readonly #parts: Buffer[] = [];

  constructor(fields: number) {
    const head = Buffer.allocUnsafe(2);
    head.writeInt16BE(fields);
    this.#parts.push(head);
  }

  int8(value: bigint | number | null): this {
    if (value === null) return this.#null();
    const field = Buffer.allocUnsafe(12);
    field.writeInt32BE(8);
    field.writeBigInt64BE(BigInt(value), 4);
    this.#parts.push(field);
    return this;
  }

  text(value: string): this {
    return this.bytes(Buffer.from(value));
  }

  /** The binary form of jsonb is its text behind a version byte. */
  jsonb(value: unknown): this {
    return this.bytes(Buffer.concat([Buffer.from([1]), Buffer.from(JSON.stringify(value))]));
  }

  bytes(value: Uint8Array): this {
    const length = Buffer.allocUnsafe(4);
    length.writeInt32BE(value.length);
    this.#parts.push(length, Buffer.from(value));
    return this;
  }

  build(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #null(): this {
    const field = Buffer.allocUnsafe(4);
    field.writeInt32BE(-1);
    this.#parts.push(field);
    return this;
  }
}
