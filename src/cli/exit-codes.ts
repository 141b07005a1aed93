import type { ErrorAction } from '../config/errors.js';

/** The exit code of a command that an error has ended. */
export const EXIT_CODES: Readonly<Record<ErrorAction, number>> = {
  abort: 1,
  fix: 2,
  'fail-chunk': 3,
  access: 4,
  retry: 5,
  differs: 6,
  budget: 8,
  locked: 11,
  cancelled: 130,
};
