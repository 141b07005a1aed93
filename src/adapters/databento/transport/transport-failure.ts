/**
 * - `connect`: no connection; nothing was sent
 * - `untrusted`: the other side cannot prove who it is; nothing was sent
 * - `stalled`: nothing came for too long
 * - `broken`: the connection ended in the middle
 */
export type FailureKind = 'connect' | 'untrusted' | 'stalled' | 'broken';

/** What kept a request from its reply, or a reply from its end. Holds no header, so no key. */
export class TransportFailure extends Error {
  constructor(
    readonly kind: FailureKind,
    message: string,
    /** The system's code: `ECONNRESET`. */
    readonly system: string | null = null,
  ) {
    super(message);
    this.name = 'TransportFailure';
  }

  /** Whether the server may have seen the request. */
  get mayHaveArrived(): boolean {
    return this.kind === 'stalled' || this.kind === 'broken';
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name service does not answer',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'the network is out of reach',
  ETIMEDOUT: 'the system gave up waiting',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
};

/** What OpenSSL says of a first answer that is none of TLS: most of the time a server for plain http. */
const NO_TLS = /wrong version number|packet length too long|WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG/;

/** Certificates that are not believed: trying again changes nothing. */
const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|HOSTNAME_MISMATCH/;

/** An error of Node's sockets in our words, without Node's object as its cause. */
export function failureOf(error: Error & { code?: unknown }, connected: boolean): TransportFailure {
  if (error instanceof TransportFailure) return error;
  const system = typeof error.code === 'string' ? error.code : null;
  if (system !== null && UNTRUSTED.test(system)) {
    return new TransportFailure('untrusted', `its certificate is not trusted (${system})`, system);
  }
  if (system !== null && NO_TLS.test(`${system} ${error.message}`)) {
    return new TransportFailure('untrusted', `what listens there does not speak TLS (${system})`, system);
  }
  const known = system === null ? undefined : WORDS[system];
  // OpenSSL's texts end with a line break, and name its own source files
  const said = error.message.replace(/\s+/g, ' ').trim() || (system ?? 'no reason given');
  const why = known === undefined ? said : `${known} (${system ?? ''})`;
  return new TransportFailure(connected ? 'broken' : 'connect', why, system);
}
