import { errorBehindList, errorDocument, failureOf } from './failure.js';
import { jsonText } from './json-text.js';
import { decideMode, mode, streams } from './session.js';
import { OutputClosed } from './standard-streams.js';

/** What a terminal would obey instead of showing it. */
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/**
 * Tells about the error that has ended a command, as JSON on stdout or as a line and a hint on stderr. A document that
 * is out already cannot tell of it any more; then stderr does.
 * @returns the exit code.
 */
export async function reportFailure(thrown: unknown): Promise<number> {
  if (thrown instanceof OutputClosed) return 0;
  const exit = plainExit(thrown);
  if (exit !== undefined) return exit;
  await decideMode();
  const failure = failureOf(thrown, (text) => streams.redact(text));
  if (mode.json && !streams.dataStarted) {
    await streams.writeLastData(`${jsonText(errorDocument(failure), 2)}\n`);
  } else if (mode.json && streams.listOpen) {
    await streams.writeLastData(errorBehindList(failure));
  } else if (mode.jsonProgress) {
    const told = { message_type: 'error', time: new Date().toISOString(), ...errorDocument(failure).error };
    streams.writeNotice(jsonText(told));
  } else {
    tellPerson(failure);
  }
  if (mode.verbose && failure.stack !== null) streams.writeNotice(failure.stack);
  return failure.exitCode;
}

/** What failed and what to do about it, as lines that no terminal obeys. */
export function tellPerson({ message, hint }: { readonly message: string; readonly hint: string | null }): void {
  streams.writeNotice(message.replace(CONTROLS, ' '));
  if (hint !== null) streams.writeNotice(`hint: ${hint.replace(CONTROLS, ' ')}`);
}

/** `this.exit(code)` of an oclif command is thrown as an error, and is none. */
function plainExit(thrown: unknown): number | undefined {
  const { code, oclif } = thrown as { code?: unknown; oclif?: { exit?: unknown } };
  return code === 'EEXIT' ? Number(oclif?.exit ?? 0) : undefined;
}
