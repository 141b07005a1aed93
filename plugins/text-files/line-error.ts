import { TickloomError } from 'tickloom/plugin/core';

const SHOWN = 80;

/** Where in a file something stands. Lines are counted from 1. */
export interface Place {
  readonly source: string;
  readonly line: number;
  readonly column?: string;
}

/** A line that cannot be a record at all; one that can, and breaks a check, is quarantined instead. */
export function lineError({ source, line, column }: Place, what: string, hint: string, value?: string): TickloomError {
  const at = column === undefined ? `line ${line}` : `line ${line}, column "${column}"`;
  const found = value === undefined ? '' : `, found "${value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value}"`;
  return new TickloomError('LINE_INVALID', `"${source}" ${at}: ${what}${found}`, {
    hint,
    context: { source, line, column: column ?? null, value: value?.slice(0, SHOWN) ?? null },
  });
}
