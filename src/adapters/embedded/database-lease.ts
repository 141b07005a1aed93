import type pg from 'pg';

/** The right to use the embedded server: while it is held, nobody stops it. */
export interface DatabaseLease {
  /** For pg, psql and everything that uses libpq. Without password: the socket is private. */
  readonly url: string;
  /** Gives it back; the last one to do so stops the server. Does not fail, and may be called twice. */
  release(): Promise<void>;
}

/** A connection of the server's that holds the lock of its users. */
export interface Session {
  readonly url: string;
  readonly client: pg.Client;
}

export interface LeaseOptions {
  /** Joins the users of the server, starting it if need be. */
  readonly join: () => Promise<Session>;
  /** Leaves them, and ends the connection. */
  readonly leave: (client: pg.Client) => Promise<void>;
  readonly note: (message: string) => void;
}

/** What @types/pg leaves out: whether an idle connection keeps the process alive. */
type Referable = pg.Client & { ref(): void; unref(): void };

/** A lease that outlives its connection: when the server or the connection's backend is killed, it joins again. */
export class SessionLease implements DatabaseLease {
  readonly url: string;
  readonly #options: LeaseOptions;
  #client: Promise<pg.Client | null>;
  #released: Promise<void> | null = null;

  constructor(session: Session, options: LeaseOptions) {
    this.url = session.url;
    this.#options = options;
    this.#client = Promise.resolve(this.#hold(session.client));
  }

  async release(): Promise<void> {
    this.#released ??= this.#client.then(async (client) => {
      if (client === null) return;
      (client as Referable).ref();
      await this.#options.leave(client);
    });
    return this.#released;
  }

  #hold(client: pg.Client): pg.Client {
    client.once('end', () => {
      if (this.#released === null) this.#client = this.#joinAgain();
    });
    // A host that forgets to release must still be able to end.
    (client as Referable).unref();
    return client;
  }

  async #joinAgain(): Promise<pg.Client | null> {
    const { join, note } = this.#options;
    note('the embedded server was lost, joining it again');
    try {
      const session = await join();
      if (session.url !== this.url) note(`the embedded server is now at ${session.url}`);
      return this.#hold(session.client);
    } catch (error) {
      note(`the embedded server does not come back: ${(error as Error).message}`);
      return null;
    }
  }
}
