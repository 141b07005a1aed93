import { TickloomError } from 'tickloom/plugin/core';

/** An option of the source that cannot be used. */
export function optionError(option: string, why: string, hint: string): TickloomError {
  return new TickloomError('SOURCE_OPTION_INVALID', `source option "${option}" ${why}`, { hint, context: { option } });
}
