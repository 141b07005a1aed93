import { businessError, validationError } from '../api-error.js';
import type { Reply } from '../reply.js';
import type { Fault } from './fault.js';

export type StatusFault = Extract<Fault, { kind: 'status' }>;

const FIRST_SERVER_ERROR = 500;
const HTML = (status: number): string =>
  `<html>\r\n<head><title>${status} Error</title></head>\r\n<body>\r\n<center><h1>${status} Error</h1></center>\r\n` +
  `<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;

/** The reply that stands in for the true one. */
export function statusReply(fault: StatusFault): Reply {
  const { status, retryAfter } = fault;
  const form = fault.body ?? (status >= FIRST_SERVER_ERROR ? 'html' : 'object');
  return {
    status,
    headers: {
      'Content-Type': form === 'html' ? 'text/html' : 'application/json',
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
    },
    body: Buffer.from(bodyOf(fault, form)),
  };
}

function bodyOf(fault: StatusFault, form: StatusFault['body']): string {
  const { status } = fault;
  const message = `The stand-in gateway was told to answer ${status}.`;
  const object = businessError(status, fault.case ?? `injected_${status}`, message).detail;
  switch (form) {
    case 'string':
      return JSON.stringify({ detail: message });
    case 'array':
      return JSON.stringify({ detail: validationError('body', 'start', message, 'injected').detail });
    case 'html':
      return HTML(status);
    case 'truncated-json':
      return JSON.stringify({ detail: object }).slice(0, -10);
    case 'empty':
      return '';
    default:
      return JSON.stringify({ detail: object });
  }
}
