/** One HTTP request, complete. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Never on a connection that has idled: the server may be closing it at this very moment, and then nobody knows
   * whether the request arrived.
   */
  readonly newConnection?: boolean;
}

/**
 * The bytes of a reply as they come. Pulled: who does not ask stops the socket. To be read to its end, or returned.
 *
 * `next` throws a {@link TransportFailure} when the body ends early or stalls, and the signal's reason when it is
 * aborted. `return` closes the connection, also before the first `next`.
 */
export interface HttpBody extends AsyncIterableIterator<Uint8Array> {
  return(): Promise<IteratorReturnResult<undefined>>;
}

export interface HttpReply {
  readonly status: number;
  /** First value of a header, by its name in lower case. */
  header(name: string): string | undefined;
  /** Every value of a header that came more than once, unjoined. */
  headers(name: string): readonly string[];
  readonly body: HttpBody;
}

/** Sends requests. Follows no redirect, tries nothing again, judges no status. */
export interface HttpTransport {
  /** @throws TransportFailure, or the signal's reason */
  send(request: HttpRequest): Promise<HttpReply>;
  /** Closes all connections. */
  close(): void;
}
