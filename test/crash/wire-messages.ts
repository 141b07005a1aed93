/** One message of PostgreSQL's protocol, from either side. */
export interface WireMessage {
  /** The letter of its type; empty for the one that opens a connection. */
  readonly type: string;
  /** The beginning of its content, for statements. */
  readonly text: string;
  readonly bytes: Buffer;
}

const LONGEST_TEXT = 400;

/** Cuts a stream of bytes into messages. The client's first message has no type. */
export class WireMessages {
  #rest: Buffer = Buffer.alloc(0);
  #opening: boolean;

  constructor(side: 'client' | 'server') {
    this.#opening = side === 'client';
  }

  *push(bytes: Buffer): Generator<WireMessage, void, undefined> {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const prefix = this.#opening ? 0 : 1;
      if (this.#rest.length < prefix + 4) return;
      const size = prefix + this.#rest.readUInt32BE(prefix);
      if (this.#rest.length < size) return;
      const message = this.#rest.subarray(0, size);
      this.#rest = this.#rest.subarray(size);
      const type = this.#opening ? '' : String.fromCharCode(message[0] ?? 0);
      this.#opening = false;
      yield { type, text: message.toString('latin1', prefix + 4, prefix + 4 + LONGEST_TEXT), bytes: message };
    }
  }
}

/** What a message of the client's is for, as far as a harness wants to tell them apart. */
export type Step = 'connect' | 'begin' | 'commit' | 'copy' | 'copy-data' | 'copy-done' | 'bars' | 'statement' | 'other';

/** Makes bars, or brings them up to date. */
const BARS = /^(create (materialized )?view|call .*refresh_continuous_aggregate)\b/i;

export function stepOf({ type, text }: WireMessage): Step {
  switch (type) {
    case '':
      return 'connect';
    case 'd':
      return 'copy-data';
    case 'c':
      return 'copy-done';
    case 'Q':
    case 'P': {
      // A prepared statement has a name in front, empty or not.
      const sql = (type === 'P' ? text.slice(text.indexOf('\0') + 1) : text).trimStart();
      if (/^begin\b/i.test(sql)) return 'begin';
      if (/^commit\b/i.test(sql)) return 'commit';
      if (BARS.test(sql)) return 'bars';
      return /^copy\b/i.test(sql) ? 'copy' : 'statement';
    }
    default:
      return 'other';
  }
}
