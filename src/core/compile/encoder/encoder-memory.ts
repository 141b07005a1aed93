import { memoryUnavailable } from '../../errors/index.js';

const PAGE_BYTES = 65_536;
/** Enough for a batch of all schemas at once, and no more than a run on few connections has at a time. */
const MOST_SPARE = 8;

// a cache only: memory that was used once is as good as new, and each takes ten gigabytes of addresses until it is collected
const spare: EncoderMemory[] = [];

/** Memory that an encoder works in. It grows, and never shrinks. */
export class EncoderMemory {
  readonly memory = newMemory();
  bytes = new Uint8Array(this.memory.buffer);

  /** One that nobody uses. @throws MEMORY_UNAVAILABLE */
  static take(): EncoderMemory {
    return spare.pop() ?? new EncoderMemory();
  }

  /** Makes room for so many bytes from address 0. What stands in it stays. @throws MEMORY_UNAVAILABLE */
  reserve(bytes: number): void {
    const missing = bytes - this.bytes.length;
    if (missing <= 0) return;
    allocate(() => this.memory.grow(Math.ceil(missing / PAGE_BYTES)));
    this.bytes = new Uint8Array(this.memory.buffer);
  }

  /** Gives it back, to be used by others. */
  release(): void {
    if (spare.length < MOST_SPARE) spare.push(this);
  }
}

function newMemory(): WebAssembly.Memory {
  return allocate(() => new WebAssembly.Memory({ initial: 1 }));
}

function allocate<T>(attempt: () => T): T {
  try {
    return attempt();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw memoryUnavailable('rows are made in', cause);
  }
}
