import { EventEmitter } from 'node:events';
import type { ReporterStream } from '../core/progress/reporter-definition.js';

/**
 * A stream that keeps what is written to it, in place of stderr. After `break()` it behaves like a pipe whose reader
 * went away: every write ends in an `error` event, and without a listener that ends the process.
 */
export class RecordingStream extends EventEmitter implements ReporterStream {
  /** Each write as it came. */
  readonly writes: string[] = [];
  rows = 24;
  writableNeedDrain = false;
  #broken = false;

  write(text: string, done?: (error?: Error | null) => void): boolean {
    if (this.#broken) {
      const error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
      setImmediate(() => {
        done?.(error);
        this.emit('error', error);
      });
      return false;
    }
    if (text !== '') {
      this.writes.push(text);
      this.emit('text', text);
    }
    if (done !== undefined) setImmediate(done);
    return true;
  }

  /** The reader goes away. */
  break(): void {
    this.#broken = true;
  }

  get text(): string {
    return this.writes.join('');
  }

  /** Resolves at the next write that satisfies `wanted`, or at once when an earlier one did. */
  async seen(wanted: (text: string) => boolean): Promise<string> {
    const earlier = this.writes.find(wanted);
    if (earlier !== undefined) return earlier;
    return new Promise((resolve) => {
      const listener = (text: string): void => {
        if (!wanted(text)) return;
        this.off('text', listener);
        resolve(text);
      };
      this.on('text', listener);
    });
  }
}
