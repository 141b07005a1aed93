export { ERROR_ACTIONS, type ErrorAction, type ErrorCode } from './error-codes.js';
export {
  TickloomError,
  asTickloomError,
  isTickloomError,
  memoryUnavailable,
  type ErrorContext,
  type TickloomErrorOptions,
} from './tickloom-error.js';
