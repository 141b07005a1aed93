import type { ChildProcessByStdio } from 'node:child_process';
import { Socket, type OnReadOpts } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { StreamOutput } from './through-stream.js';

/** More than the kernel holds of a socket at a time. */
const BUFFER_BYTES = 256 * 1024;

/** A socket around a handle that is open: what Node makes of a child's pipes itself, without saying so. */
type SocketOfHandle = new (options: {
  readonly handle: object;
  readonly readable: true;
  readonly writable: false;
  readonly onread: OnReadOpts;
}) => Socket;

/**
 * What a program gives on its stdout. A piece is valid until the next one is asked for: all are read into one buffer, where
 * a stream takes new memory for each and copies it once more, which costs several times as much as the reading itself.
 * Node offers that for sockets that one makes oneself; so the pipe is taken out of the child's. A Node without that
 * inside is read as a stream.
 */
export function programOutput(child: ChildProcessByStdio<Writable, Readable, Readable>): StreamOutput {
  const stdout = child.stdout as Readable & { _handle?: object | null };
  const handle = stdout._handle;
  if (handle === undefined || handle === null || !('useUserBuffer' in handle)) return stdout;
  stdout._handle = null;
  // over, as far as the child is concerned
  stdout.destroy();
  return new ReusedBuffer(handle);
}

/** Reads a pipe, one piece whenever it is asked for. */
class ReusedBuffer implements StreamOutput {
  readonly #socket: Socket;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  /** Bytes in the buffer that have not been taken. */
  #length = 0;
  #isOver = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(handle: object) {
    const onread: OnReadOpts = { buffer: this.#buffer, callback: (length) => this.#take(length) };
    const SocketOf = Socket as unknown as SocketOfHandle;
    this.#socket = new SocketOf({ handle, readable: true, writable: false, onread });
    this.#socket
      .on('error', (error) => (this.#failure ??= error))
      .on('end', () => this.#end())
      .on('close', () => {
        if (!this.#isOver) this.#failure ??= new Error('the output was closed before its end');
        this.#end();
      });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      if (this.#length === 0 && !this.#isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#length === 0) return;
      const piece = this.#buffer.subarray(0, this.#length);
      this.#length = 0;
      yield piece;
      this.#socket.resume();
    }
  }

  destroy(error?: Error): void {
    this.#socket.destroy(error);
  }

  /** Stops the reading until the bytes are taken. */
  #take(length: number): false {
    this.#length = length;
    this.#wake();
    return false;
  }

  #end(): void {
    this.#isOver = true;
    this.#wake();
  }
}
