import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BodyPiece } from '../encode-body.js';
import type { Reply } from '../reply.js';
import type { GatewayRequest } from '../request-log.js';
import { corrupted } from './corrupt-body.js';
import type { BodyPosition, Fault } from './fault.js';

type Break = Extract<Fault, { kind: 'cut' | 'reset' | 'stall' }>;
type Trickle = Extract<Fault, { kind: 'trickle' }>;

const READING_MS = 20;

/** The connection is gone, on purpose or because the other side left: the reply is over. */
class Gone extends Error {}

/**
 * Sends a reply with its faults, and writes into the request what was sent.
 * @param closing aborted when the gateway closes: then no stall goes on
 */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  request: GatewayRequest,
  closing: AbortSignal,
): Promise<void> {
  const sender = new Sender(response, request, closing);
  try {
    await sender.send(reply, request.faults);
  } catch (error) {
    if (!(error instanceof Gone)) {
      response.destroy();
      throw error;
    }
  } finally {
    request.done = true;
  }
}

class Sender {
  private readonly left: Promise<void>;

  constructor(
    private readonly response: ServerResponse,
    private readonly request: GatewayRequest,
    private readonly closing: AbortSignal,
  ) {
    this.left = new Promise((resolve) => response.once('close', resolve));
  }

  async send(reply: Reply, faults: readonly Fault[]): Promise<void> {
    const breaks = faults.filter((fault): fault is Break => ['cut', 'reset', 'stall'].includes(fault.kind));
    for (const fault of breaks.filter((one) => isBeforeHeaders(one))) await this.break(fault);
    const body = corrupted(reply.body, faults);
    this.sendHeaders(reply, faults);
    const inside = breaks.filter((fault) => !isBeforeHeaders(fault));
    const trickle = faults.find((fault): fault is Trickle => fault.kind === 'trickle');
    await this.sendBody(reply, await placed(body, inside), trickle);
    // Said before the other side can know, so that who has the reply finds it in the log.
    this.request.completed = true;
    this.request.done = true;
    await Promise.race([new Promise<void>((resolve) => this.response.end(resolve)), this.left]);
    this.request.completed = this.response.writableFinished;
  }

  private sendHeaders({ status, headers, body }: Reply, faults: readonly Fault[]): void {
    const injected = faults.flatMap((fault) => (fault.kind === 'headers' ? [fault.headers] : []));
    const { response } = this;
    for (const [name, value] of Object.entries(Object.assign({}, headers, ...injected) as Record<string, string>)) {
      response.setHeader(name, value);
    }
    if (body instanceof Uint8Array) response.setHeader('Content-Length', body.length);
    this.request.status = status;
    response.writeHead(status);
    response.flushHeaders();
  }

  private async sendBody(reply: Reply, { pieces, stops }: PlacedBody, trickle: Trickle | undefined): Promise<void> {
    let position = 0;
    for await (const piece of pieces) {
      let from = 0;
      for (;;) {
        const stop = stops[0];
        const whole = stop === undefined || stop.at > position + piece.bytes.length;
        const to = whole ? piece.bytes.length : Math.max(from, stop.at - position);
        await this.write(piece, from, to, reply, trickle);
        from = to;
        if (whole) break;
        await this.break(stop.fault);
        stops.shift();
      }
      position += piece.bytes.length;
    }
  }

  private async write(
    piece: BodyPiece,
    from: number,
    to: number,
    { usdPerByte = 0 }: Reply,
    trickle: Trickle | undefined,
  ): Promise<void> {
    const step = Math.max(1, trickle?.bytes ?? to - from);
    for (let at = from; at < to; at += step) {
      const end = Math.min(to, at + step);
      if (trickle !== undefined && at > from) await this.wait(trickle.ms);
      if (this.response.destroyed) throw new Gone();
      const billed = share(piece, end) - share(piece, at);
      this.request.bytesSent += end - at;
      this.request.billedBytes += billed;
      this.request.billedUsd += billed * usdPerByte;
      await this.flushed(piece.bytes.subarray(at, end));
    }
  }

  private async flushed(bytes: Uint8Array): Promise<void> {
    await Promise.race([new Promise<void>((resolve) => this.response.write(bytes, () => resolve())), this.left]);
    if (this.response.destroyed) throw new Gone();
  }

  private async break(fault: Break): Promise<void> {
    if (fault.kind === 'stall') return this.wait(fault.ms);
    const { socket } = this.response;
    // What the other side has not read yet is lost in a reset: it gets a moment, so that what is billed can be had.
    if (fault.kind === 'reset' && this.request.bytesSent > 0) await this.wait(READING_MS);
    if (fault.kind === 'reset') socket?.resetAndDestroy();
    else socket?.destroy();
    await this.left;
    throw new Gone();
  }

  /** @param ms for ever when left out: until the other side leaves or the gateway closes */
  private async wait(ms: number | undefined): Promise<void> {
    const timer = new AbortController();
    const closed = new Promise<void>((resolve) => {
      if (this.closing.aborted) resolve();
      this.closing.addEventListener('abort', () => resolve(), { once: true, signal: timer.signal });
    });
    const slept = ms === undefined ? [] : [sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)];
    await Promise.race([...slept, this.left, closed]);
    timer.abort();
    if (this.response.destroyed || this.closing.aborted) throw new Gone();
  }
}

/** What of a piece is billed when so many of its bytes went out. */
function share({ bytes, billable, unbilled }: BodyPiece, sent: number): number {
  const held = bytes.length - unbilled;
  return held <= 0 ? 0 : Math.ceil((billable * Math.max(0, sent - unbilled)) / held);
}

function isBeforeHeaders({ kind, afterBytes, fraction }: Break): boolean {
  return kind !== 'cut' && afterBytes === undefined && fraction === undefined;
}

interface PlacedBody {
  readonly pieces: AsyncIterable<BodyPiece> | Iterable<BodyPiece>;
  /** In order. */
  readonly stops: { readonly at: number; readonly fault: Break }[];
}

/** A part of the body can be found only when its length is known: then all of it is made first. */
async function placed(body: Reply['body'], faults: readonly Break[]): Promise<PlacedBody> {
  let pieces: PlacedBody['pieces'] = inPieces(body);
  let length = 0;
  if (faults.some(({ fraction }) => fraction !== undefined)) {
    const made: BodyPiece[] = [];
    for await (const piece of pieces) made.push(piece);
    length = made.reduce((sum, { bytes }) => sum + bytes.length, 0);
    pieces = made;
  }
  const stops = faults.map((fault) => ({ at: placeOf(fault, length), fault }));
  return { pieces, stops: stops.sort((a, b) => a.at - b.at) };
}

function placeOf({ afterBytes, fraction }: BodyPosition, length: number): number {
  return afterBytes ?? Math.floor((fraction ?? 0) * length);
}

function inPieces(body: Reply['body']): AsyncIterable<BodyPiece> | Iterable<BodyPiece> {
  return body instanceof Uint8Array ? [{ bytes: body, billable: 0, unbilled: body.length, frame: false }] : body;
}
