import type { Fault } from './faults/fault.js';

/** One request as it was answered. Changes until `done`. */
export interface GatewayRequest {
  /** The `request-id` of the reply. */
  readonly id: string;
  /** `timeseries.get_range`, `metadata.get_cost` … `batch.file` for the download of one, the path for anything else. */
  readonly endpoint: string;
  readonly method: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** How many requests with the same endpoint and parameters came before. */
  readonly attempt: number;
  readonly ordinal: number;
  /** ms since the epoch. */
  readonly receivedAt: number;
  /** Requests being answered when this one came, this one included. */
  readonly inFlight: number;
  /** What went wrong with it on purpose. */
  faults: readonly Fault[];
  /** `null` when no status was sent. */
  status: number | null;
  /** Of the body, as they went over the wire. */
  bytesSent: number;
  /** Bytes of binary records sent: those of a reply that was cut as far as they went. */
  billedBytes: number;
  billedUsd: number;
  /** The reply went out to its proper end. */
  completed: boolean;
  /** The reply is over, one way or the other. */
  done: boolean;
  /** A key stood somewhere else than in the Authorization header. */
  keyLeaked: boolean;
}

/** What was bought. */
export interface GatewayBill {
  /** Bytes of binary records sent by timeseries.get_range. */
  readonly bytes: number;
  /** Their price, and that of batch jobs. */
  readonly usd: number;
  /** Requests by endpoint, refused ones too. */
  readonly requests: Readonly<Record<string, number>>;
}

export function billOf(requests: readonly GatewayRequest[]): GatewayBill {
  const counts: Record<string, number> = {};
  let bytes = 0;
  let usd = 0;
  for (const request of requests) {
    counts[request.endpoint] = (counts[request.endpoint] ?? 0) + 1;
    bytes += request.billedBytes;
    usd += request.billedUsd;
  }
  return { bytes, usd, requests: counts };
}
