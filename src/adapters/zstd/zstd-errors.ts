import { InputFailure } from './through-stream.js';
import { isTickloomError, TickloomError } from '../../core/errors/index.js';

const DAMAGED = 'Fetch the file again: it is damaged.';

/** Where a bad frame begins in the compressed stream. */
export interface FramePlace {
  readonly position: number;
  /** It may also be a frame before that one: the decompressor did not say. */
  readonly orEarlier?: boolean;
}

const inWords = ({ position, orEarlier = false }: FramePlace): string =>
  `at byte ${position}${orEarlier && position > 0 ? ' or one before it' : ''}`;

/** For bytes that are no zstd, or that a decompressor refuses. `byte` counts in the compressed stream. */
export function zstdFailed(why: string, byte: number, cause?: unknown): TickloomError {
  return new TickloomError('ZSTD_FAILED', `the zstd stream cannot be decompressed: ${why}`, {
    hint: DAMAGED,
    context: { byte },
    cause,
  });
}

export function zstdTruncated(byte: number, framePosition: number): TickloomError {
  const where = `it ends at byte ${byte}, inside the frame that begins at byte ${framePosition}`;
  return new TickloomError('ZSTD_TRUNCATED', `the zstd stream is cut: ${where}`, {
    hint: 'Fetch the file again: its end is missing.',
    context: { byte, frame: framePosition },
  });
}

export function zstdChecksumDiffers(place: FramePlace, detail: string, cause?: unknown): TickloomError {
  return new TickloomError(
    'ZSTD_CHECKSUM',
    `the zstd frame ${inWords(place)} is corrupt: its checksum differs from its content${detail}`,
    { hint: DAMAGED, context: { byte: place.position }, cause },
  );
}

export function zstdWindow(windowSize: number, largest: number, framePosition: number): TickloomError {
  return new TickloomError(
    'ZSTD_WINDOW',
    `the zstd frame at byte ${framePosition} needs a window of ${windowSize} bytes; at most ${largest} are allowed`,
    {
      hint: 'Compress the file again without --ultra or --long.',
      context: { byte: framePosition, window: windowSize, largest },
    },
  );
}

export function zstdExpansion(read: number, produced: number, largest: number): TickloomError {
  return new TickloomError(
    'ZSTD_EXPANSION',
    `the zstd stream is a bomb: ${read} bytes of it have become ${produced}, at most ${largest} for each are allowed`,
    {
      hint: 'Do not trust the file; if you do, set "max-expansion" in the config file, or TICKLOOM_MAX_EXPANSION.',
      context: { read, produced, largest },
    },
  );
}

export function zstdUnavailable(rung: string, why: string): TickloomError {
  return new TickloomError('ZSTD_UNAVAILABLE', `zstd by "${rung}" is not available: ${why}`, {
    hint: 'Use Node 22.15 or newer, or install the "zstd" program.',
    context: { rung },
  });
}

/** What a decompressor threw, worded by us; what its input threw (the source, the scanner) passes as it is. */
export function fromEngine(error: unknown, place: FramePlace): unknown {
  if (error instanceof InputFailure) return error.cause;
  if (isTickloomError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/checksum/i.test(message)) return zstdChecksumDiffers(place, '', error);
  return zstdFailed(`the frame ${inWords(place)} is corrupt (${message})`, place.position, error);
}
