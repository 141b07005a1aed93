import { isSafe } from '../gateway.js';
import { keyWithheld, redirectFailure, type Asked } from '../errors/attempt-failures.js';
import type { HttpReply, HttpRequest, HttpTransport } from '../transport/http-transport.js';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST = 5;

/**
 * Sends a request and follows where it is sent on: only a GET, only to where nobody can listen, and without the key as
 * soon as it leaves the origin, also when it comes back.
 *
 * @throws FailedAttempt for a redirect that is not followed; what the transport throws
 */
export async function sendFollowing(
  send: HttpTransport['send'],
  request: HttpRequest,
  asked: Asked,
): Promise<HttpReply> {
  let current = request;
  for (let followed = 0; ; followed++) {
    const reply = await send(current);
    const { origin } = current.url;
    if (!REDIRECTS.has(reply.status)) {
      // It would be taken for a word about the key.
      if (reply.status !== 401 || current.headers === request.headers) return reply;
      await reply.body.return();
      throw keyWithheld(asked, reply, origin);
    }
    await reply.body.return();
    const location = reply.header('location');
    const found = location !== undefined && URL.canParse(location, current.url.href);
    const target = found ? new URL(location, current.url.href) : undefined;
    if (target === undefined) throw redirectFailure(asked, reply, 'nowhere');
    if (current.method !== 'GET' || followed === MOST || !isSafe(target)) {
      throw redirectFailure(asked, reply, target.origin === 'null' ? target.protocol : target.origin);
    }
    target.username = '';
    target.password = '';
    current = {
      ...current,
      url: target,
      headers: target.origin === origin ? current.headers : withoutKey(current.headers),
    };
  }
}

function withoutKey(headers: HttpRequest['headers']): HttpRequest['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'));
}
