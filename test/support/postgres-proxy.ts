import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and can lose the connection at the worst moment. */
export class PostgresProxy {
  /** Called with what the client sends; `cut` loses it, `cut-after-answer` lets it through and loses the answer. */
  onRequest: (bytes: Buffer) => 'pass' | 'cut' | 'cut-after-answer' = () => 'pass';
  connections = 0;
  readonly #sockets = new Set<Socket>();
  readonly #clients = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** @param socketPath unix socket of the real server */
  static async start(socketPath: string): Promise<PostgresProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    const proxy = new PostgresProxy(server, address.port);
    server.on('connection', (client) => proxy.#serve(client, socketPath));
    return proxy;
  }

  /** Takes nothing more from clients until told otherwise. */
  hold(holds: boolean): void {
    for (const client of this.#clients) {
      if (holds) client.pause();
      else client.resume();
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  #serve(client: Socket, socketPath: string): void {
    this.connections += 1;
    this.#clients.add(client);
    const upstream = connect(socketPath);
    let loseAnswer = false;
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on('error', end);
      socket.on('close', end);
    }
    client.on('data', (bytes) => {
      const verdict = this.onRequest(bytes);
      if (verdict === 'cut') return end();
      loseAnswer ||= verdict === 'cut-after-answer';
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => (loseAnswer ? end() : client.write(bytes)));
  }
}
