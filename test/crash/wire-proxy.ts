import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { stepOf, type Step, type WireMessage, WireMessages } from './wire-messages.js';

/** What becomes of a message, and of the connection. */
export type Verdict =
  /** It goes on to the server. */
  | 'pass'
  /** It is lost, and the connection with it. */
  | 'cut'
  /** It goes on, and the connection is cut at once. */
  | 'pass-and-cut'
  /** It goes on, and no answer ever comes back, though the connection stays. */
  | 'pass-and-mute';

/** A message of a client's, held until the gate has decided. */
export interface HeldMessage {
  readonly step: Step;
  readonly message: WireMessage;
  /** Process id of the server's side; `undefined` while the login is on its way. */
  readonly backend: number | undefined;
  /**
   * Lets the message through and resolves when the server has answered it, or at once where it answers nothing. The
   * answer is held back as long as the gate is.
   */
  sendAndWait(): Promise<void>;
}

type Gate = (held: HeldMessage) => Verdict | Promise<Verdict>;

/**
 * Stands between the command and the server and holds each message of the protocol until its gate has decided what
 * becomes of it: so every step of a load can be met exactly, without a hook in what is tested.
 */
export class WireProxy {
  /** Asked for each message of any client, one after the other on each connection. */
  gate: Gate = () => 'pass';
  /** While true, new connections are refused. */
  refuses = false;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly target: string,
  ) {}

  /** @param target unix socket of the real server */
  static async start(target: string): Promise<WireProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    const proxy = new WireProxy(server, address.port, target);
    server.on('connection', (client) => void proxy.#serve(client));
    return proxy;
  }

  /** Cuts all connections there are. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutAll();
    this.server.close();
    await once(this.server, 'close');
  }

  async #serve(client: Socket): Promise<void> {
    if (this.refuses) {
      client.on('error', () => undefined);
      client.destroy();
      return;
    }
    const upstream = connect(this.target);
    const cut = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on('error', cut);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        cut();
      });
    }
    const answers = new Answers(client, upstream);
    const messages = new WireMessages('client');
    try {
      for await (const bytes of client) {
        for (const message of messages.push(bytes as Buffer)) {
          if (!(await this.#pass(message, upstream, answers))) return cut();
        }
      }
    } catch {
      // The client is gone.
    }
    cut();
  }

  /** False when the connection is to be cut. */
  async #pass(message: WireMessage, upstream: Socket, answers: Answers): Promise<boolean> {
    let sent = false;
    const send = async (): Promise<void> => {
      if (sent || upstream.destroyed) return;
      sent = true;
      if (upstream.write(message.bytes)) return;
      // A server that is gone closes the connection, which is all there is to it.
      const waited = new AbortController();
      const { signal } = waited;
      await Promise.race([once(upstream, 'drain', { signal }), once(upstream, 'close', { signal })]).catch(
        () => undefined,
      );
      waited.abort();
    };
    const verdict = await this.gate({
      step: stepOf(message),
      message,
      backend: answers.backend,
      sendAndWait: async () => {
        const answered = answers.hold();
        await send();
        // One that waits for a lock is not answered soon: then this is the moment.
        if (['Q', 'S', 'c'].includes(message.type))
          await Promise.race([answered, delay(3000, undefined, { ref: false })]);
      },
    });
    if (verdict === 'cut') return false;
    if (verdict === 'pass-and-mute') answers.mute();
    await send();
    answers.release();
    return verdict !== 'pass-and-cut' && !upstream.destroyed;
  }
}

/** What comes back from the server on one connection. */
class Answers {
  backend: number | undefined;
  #muted = false;
  #held: Buffer[] | undefined;
  #answered: () => void = () => undefined;
  readonly #messages = new WireMessages('server');

  constructor(
    private readonly client: Socket,
    upstream: Socket,
  ) {
    upstream.on('data', (bytes: Buffer) => this.#take(bytes));
    upstream.on('close', () => this.#answered());
  }

  /** Keeps back what comes; resolves when the server is ready for more, or gone. */
  hold(): Promise<void> {
    this.#held ??= [];
    return new Promise((resolve) => {
      this.#answered = resolve;
    });
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    if (!this.#muted && !this.client.destroyed) for (const bytes of held) this.client.write(bytes);
  }

  mute(): void {
    this.#muted = true;
  }

  #take(bytes: Buffer): void {
    if (this.#held !== undefined) this.#held.push(bytes);
    else if (!this.#muted && !this.client.destroyed) this.client.write(bytes);
    for (const { type, bytes: message } of this.#messages.push(bytes)) {
      if (type === 'K') this.backend = message.readUInt32BE(5);
      if (type === 'Z' || type === 'G') this.#answered();
    }
  }
}
