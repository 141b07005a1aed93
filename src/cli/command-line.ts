import { streams } from './session.js';

/** The command as typed, for the ledger, without secrets. */
export function commandLine(args: readonly string[]): string {
  const words = args.map((argument) => (/^[\w@%+=:,./*-]+$/.test(argument) ? argument : `'${argument}'`));
  return streams.redact(words.join(' '));
}
