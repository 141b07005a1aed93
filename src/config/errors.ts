/** The error words for the command line, which must be able to report an error without loading the engine. */
export {
  ERROR_ACTIONS,
  TickloomError,
  asTickloomError,
  isTickloomError,
  type ErrorAction,
  type ErrorCode,
  type ErrorContext,
} from '../core/errors/index.js';
