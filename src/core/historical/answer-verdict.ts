import { isTickloomError, type ErrorCode } from '../errors/index.js';

/** The `reason` in the error of a continuation that does not fit what is held: the vendor has changed it meanwhile. */
export const REVISED = 'revised';

/**
 * What to do about an answer that failed.
 *
 * - `cut`: what came is good; the rest is asked for
 * - `corrupt`: nothing of the answer can be trusted; it is asked for again
 * - `revised`: it contradicts what is held; all is asked for again
 * - `final`: the network is not to blame
 */
export type AnswerVerdict = 'cut' | 'corrupt' | 'revised' | 'final';

const VERDICTS: Partial<Record<ErrorCode, AnswerVerdict>> = {
  SOURCE_UNAVAILABLE: 'cut',
  ZSTD_TRUNCATED: 'cut',
  DECODE_TRUNCATED: 'cut',
  EMPTY_STREAM: 'cut',
  ZSTD_CHECKSUM: 'corrupt',
  ZSTD_FAILED: 'corrupt',
  ZSTD_WINDOW: 'corrupt',
  NOT_DBN: 'corrupt',
  DBN_LEGACY: 'corrupt',
  DBN_VERSION: 'corrupt',
  METADATA_INVALID: 'corrupt',
  RECORD_LENGTH_INVALID: 'corrupt',
  RECORD_TOO_SHORT: 'corrupt',
  DOWNLOAD_CORRUPT: 'corrupt',
};

export function answerVerdict(error: unknown): AnswerVerdict {
  if (!isTickloomError(error)) return 'final';
  if (error.context['reason'] === REVISED) return 'revised';
  return VERDICTS[error.code] ?? 'final';
}

/**
 * Bytes of a stored answer in front of the zstd frame that an error is about: whole frames, whose checksums have been
 * right. 0 when the error does not tell.
 */
export function goodBytes(error: unknown): number {
  if (!isTickloomError(error)) return 0;
  const { code, context } = error;
  const place = code === 'ZSTD_TRUNCATED' ? context['frame'] : code.startsWith('ZSTD_') ? context['byte'] : 0;
  return typeof place === 'number' ? place : 0;
}
