import { DBN_MAGIC, ZSTD_MAGIC } from '../../../core/dbn/index.js';
import { hexOf } from '../../../core/text/hex-of.js';
import type { ErrorContext } from '../../../core/errors/index.js';
import type { HttpReply } from '../transport/http-transport.js';
import type { TransportFailure } from '../transport/transport-failure.js';
import { readErrorBody } from './error-body.js';
import { FailedAttempt } from './failed-attempt.js';
import { plainText } from './plain-text.js';
import { verdictOf } from './refused.js';

/** What is known of the request that failed. */
export interface Asked {
  /** Name of the endpoint, with a file where there is one. */
  readonly what: string;
  /** Address of the gateway, for people. */
  readonly gateway: string;
  readonly context: ErrorContext;
  /** Takes the key out of a text of the service, before any part of it is quoted. */
  redact(text: string): string;
}

/** What the headers of a reply say that belongs into every error about it. */
export function notesOf(reply: HttpReply): { readonly notes: string[]; readonly context: ErrorContext } {
  const requestId = requestIdOf(reply);
  return {
    notes: [`HTTP ${reply.status}`, ...(requestId === null ? [] : [`request id ${requestId}`])],
    context: { http_status: reply.status, request_id: requestId },
  };
}

/** The id to quote to the vendor's support. */
export function requestIdOf(reply: HttpReply): string | null {
  const value = plainText(reply.header('request-id') ?? '');
  return value === '' ? null : value;
}

/** A request or reply that broke on its way. */
export function transportFailure(asked: Asked, failure: TransportFailure, reply?: HttpReply): FailedAttempt {
  const { notes, context } = reply === undefined ? { notes: [], context: {} } : notesOf(reply);
  const untrusted = failure.kind === 'untrusted';
  return new FailedAttempt({
    code: 'SOURCE_UNAVAILABLE',
    what: asked.what,
    why: failure.mayHaveArrived ? failure.message : `no connection to ${asked.gateway}: ${failure.message}`,
    notes,
    said: '',
    hint: untrusted
      ? 'Correct the gateway, or name the certificate of your proxy in NODE_EXTRA_CA_CERTS.'
      : failure.mayHaveArrived
        ? 'Check the network, then run the same command again.'
        : 'Check the network and the gateway, then run the same command again.',
    context: { ...asked.context, ...context, system_code: failure.system },
    temporary: !untrusted,
    done: failure.mayHaveArrived ? 'perhaps' : 'no',
  });
}

/** A reply whose status is no success. */
export function statusFailure(
  asked: Asked,
  reply: HttpReply,
  bodyText: string,
  retryAfterMs: number | undefined,
): FailedAttempt {
  const body = readErrorBody(asked.redact(bodyText));
  const { why, ...verdict } = verdictOf(reply.status, body);
  const { notes, context } = notesOf(reply);
  return new FailedAttempt({
    ...verdict,
    what: asked.what,
    why,
    notes: body.case === null ? notes : [notes[0] as string, body.case, ...notes.slice(1)],
    said: body.message,
    context: { ...body.payload, ...asked.context, ...context, case: body.case, docs: body.docs },
    done: verdict.temporary && reply.status !== 429 ? 'perhaps' : 'refused',
    retryAfterMs,
  });
}

/** A success that is none: its body cannot be what was asked for. Cut bodies look like this. */
export function brokenReply(asked: Asked, reply: HttpReply, why: string, said = ''): FailedAttempt {
  const { notes, context } = notesOf(reply);
  return new FailedAttempt({
    code: 'SOURCE_UNAVAILABLE',
    what: asked.what,
    why,
    notes,
    said,
    hint: 'Check the gateway and what lies on the way to it, then run the same command again.',
    context: { ...asked.context, ...context },
    temporary: true,
    done: 'perhaps',
  });
}

/**
 * A success whose body is not the data that were asked for: a page of somebody on the way, most of the time. Asking
 * again would buy again, and bring the same.
 * @param start its first bytes
 * @param text what it says, the key taken out; empty when it is no text
 */
export function foreignReply(asked: Asked, reply: HttpReply, start: Uint8Array, text: string): FailedAttempt {
  const { notes, context } = notesOf(reply);
  const type = plainText(reply.header('content-type') ?? '');
  const found = hexOf(start.subarray(0, ZSTD_MAGIC.length));
  return new FailedAttempt({
    code: 'REPLY_INVALID',
    what: asked.what,
    why: `the reply is not DBN: it begins with the bytes "${found}", expected "${hexOf(ZSTD_MAGIC)}" (zstd) or "${hexOf(DBN_MAGIC)}" (DBN)`,
    notes: [notes[0] as string, ...(type === '' ? [] : [type]), ...notes.slice(1)],
    said: readErrorBody(text).message,
    hint: 'Somebody on the way answers in the place of the service, a proxy perhaps: check the gateway and the network, then run the same command again.',
    context: { ...asked.context, ...context, found },
    temporary: false,
    done: 'perhaps',
  });
}

/** The end of redirects that left the origin of the key, and where one is asked for. */
export function keyWithheld(asked: Asked, reply: HttpReply, target: string): FailedAttempt {
  return redirectFailure(asked, reply, target, 'which wants the API key and is not given it');
}

/** A redirect that is not followed. */
export function redirectFailure(
  asked: Asked,
  reply: HttpReply,
  target: string,
  why = 'and this is not followed',
): FailedAttempt {
  const { notes, context } = notesOf(reply);
  return new FailedAttempt({
    code: 'REQUEST_REJECTED',
    what: asked.what,
    why: `the gateway sends it elsewhere, to ${target}, ${why}`,
    notes,
    said: '',
    hint: 'Correct the gateway.',
    context: { ...asked.context, ...context },
    temporary: false,
    done: 'refused',
  });
}
