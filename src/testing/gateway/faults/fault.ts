/** Where in the body, counted as it goes over the wire: after so many bytes, or after this part (0 to 1) of it. */
export interface BodyPosition {
  readonly afterBytes?: number;
  readonly fraction?: number;
}

/** The bodies of a refusal: the three forms of the API, and what comes from elsewhere. */
export type ErrorBody = 'object' | 'string' | 'array' | 'html' | 'truncated-json' | 'empty';

/** Something that goes wrong with one reply. */
export type Fault =
  /** The body ends early: the connection is closed without the end of the chunked body. */
  | ({ readonly kind: 'cut' } & BodyPosition)
  /** The connection is reset: before the headers, or at a place of the body when one is given. */
  | ({ readonly kind: 'reset' } & BodyPosition)
  /** Nothing is sent for `ms`, or for ever: before the headers, or at a place of the body when one is given. */
  | ({ readonly kind: 'stall'; readonly ms?: number } & BodyPosition)
  /** Another status than the true one. Default body: `html` from 500 on, else `object`. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: ErrorBody;
      /** Of an `object`. */
      readonly case?: string;
      /** Seconds, as the header. */
      readonly retryAfter?: number;
    }
  /** A byte differs: of a zstd frame's checksum (default), or of its content. The frame is the one at `fraction`. */
  | { readonly kind: 'corrupt'; readonly part?: 'checksum' | 'content'; readonly fraction?: number }
  /** A proper end, but the last records are missing: so many, or this part of them. Default 1. */
  | { readonly kind: 'short'; readonly records?: number; readonly fraction?: number }
  /** Records have other values than in every other reply. */
  | { readonly kind: 'revise' }
  /** The body comes in pieces of so many bytes, `ms` apart. */
  | { readonly kind: 'trickle'; readonly bytes: number; readonly ms: number }
  /** Headers besides or instead of the true ones. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> };

export type FaultKind = Fault['kind'];

/** A request as a fault function sees it. */
export interface FaultRequest {
  /** `timeseries.get_range`, `metadata.get_cost` … `batch.file` for the download of one. */
  readonly endpoint: string;
  readonly method: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** How many requests with the same endpoint and parameters came before. */
  readonly attempt: number;
  /** How many requests came before. */
  readonly ordinal: number;
}

/** Decides what goes wrong with a request: nothing, one thing or several. */
export type FaultFunction = (request: FaultRequest) => Fault | readonly Fault[] | undefined;
