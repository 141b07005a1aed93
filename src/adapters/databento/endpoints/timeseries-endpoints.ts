import type { ApiCall, RangeAnswer } from '../../../core/historical/historical-api.js';
import type { RangeRequest } from '../../../core/historical/range-request.js';
import type { ApiCaller } from '../calls/api-caller.js';
import { ENDPOINTS } from '../calls/endpoint.js';
import { brokenReply, requestIdOf, type Asked } from '../errors/attempt-failures.js';
import { plainText } from '../errors/plain-text.js';
import type { HttpReply } from '../transport/http-transport.js';
import { readAnswerStart } from './answer-start.js';
import { RangeBody } from './range-body.js';
import { rangeParameters } from './parameters.js';

/** What get_range answered, beyond what core needs. */
export interface RangeReply extends RangeAnswer {
  readonly status: number;
  readonly contentType: string | null;
  /** From Content-Disposition; for people, never for a path. */
  readonly fileName: string | null;
  readonly body: RangeBody;
}

/** The endpoint `timeseries.get_range`. **Every call costs money**, also the same one again. */
export class TimeseriesEndpoints {
  constructor(private readonly caller: ApiCaller) {}

  /**
   * Asks for DBN, compressed by zstd. Tried again until the first bytes of the body are there; what breaks later ends the
   * body with SOURCE_UNAVAILABLE, because going on from there needs a look at the records.
   * @throws REPLY_INVALID at once for a body that is something else, besides what every endpoint throws
   */
  async getRange(request: RangeRequest, call: ApiCall = {}): Promise<RangeReply> {
    return this.caller.ask({
      endpoint: ENDPOINTS.getRange,
      // The service's own defaults are csv without compression.
      parameters: { ...rangeParameters(request), encoding: 'dbn', compression: 'zstd' },
      headers: { Accept: 'application/octet-stream' },
      read: readRange,
      signal: call.signal,
    });
  }
}

async function readRange(reply: HttpReply, asked: Asked): Promise<RangeReply> {
  const start = await readAnswerStart(reply, asked);
  if (start.length === 0) throw brokenReply(asked, reply, 'the reply has no bytes');
  return {
    status: reply.status,
    partial: reply.status === 206,
    requestId: requestIdOf(reply),
    contentType: reply.header('content-type') ?? null,
    fileName: fileNameOf(reply.header('content-disposition')),
    body: new RangeBody(reply, asked, start),
  };
}

function fileNameOf(disposition: string | undefined): string | null {
  const [, quoted, bare] = /filename="?(?:(?<=")([^"]*)"|([^";\s]+))/i.exec(disposition ?? '') ?? [];
  const name = quoted ?? bare;
  return name === undefined ? null : plainText(name);
}
