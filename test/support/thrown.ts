import { isTickloomError, type TickloomError } from '../../src/core/errors/index.js';

/** The error of ours that a call throws; fails when it throws none or another. */
export function thrown(call: () => unknown): TickloomError {
  try {
    call();
  } catch (error) {
    if (isTickloomError(error)) return error;
    throw error;
  }
  throw new Error('expected the call to throw');
}

/** The error of ours that a promise is rejected with; fails when it is fulfilled or rejected with another. */
export async function rejected(promise: Promise<unknown>): Promise<TickloomError> {
  try {
    await promise;
  } catch (error) {
    if (isTickloomError(error)) return error;
    throw error;
  }
  throw new Error('expected the promise to be rejected');
}
