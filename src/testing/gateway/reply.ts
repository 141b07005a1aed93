import type { ApiError } from './api-error.js';
import type { BodyPiece } from './encode-body.js';

/** What an endpoint answers. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** In one piece with a length, or a stream without one. */
  readonly body: Uint8Array | AsyncIterable<BodyPiece>;
  /** USD for a billed byte. */
  readonly usdPerByte?: number;
  /** USD for the request as such. */
  readonly usd?: number;
}

export function jsonReply(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function errorReply(error: ApiError): Reply {
  return jsonReply({ detail: error.detail }, error.status, error.headers);
}
