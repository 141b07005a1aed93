import { asTickloomError, TickloomError } from '../../../core/errors/index.js';

/**
 * The error of a request that the service may have acted on although its reply is missing. Its code is none that is tried
 * again, by whoever: a second request would do it twice.
 */
export function uncertain(error: unknown): TickloomError {
  const { code, message, context } = asTickloomError(error);
  return new TickloomError(
    code === 'CANCELLED' ? code : 'SUBMISSION_UNCERTAIN',
    `${message}; the service may have done it all the same`,
    {
      hint: 'Look for the job with "tickloom batch list" before you submit it again: a second submission makes, and bills, a second job.',
      context,
    },
  );
}
