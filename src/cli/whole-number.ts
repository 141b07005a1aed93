import { TickloomError } from '../config/errors.js';
import { redact } from '../config/redact.js';

/** Reads an argument that is a number from 1. @throws USAGE */
export function wholeNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  const found = redact(text);
  throw new TickloomError('USAGE', `${name} is "${found}", expected a whole number, 1 or more`, {
    hint: `Give the number that the list shows for it.`,
    context: { argument: name, found },
  });
}
