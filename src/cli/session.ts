import { TickloomError } from '../config/errors.js';
import { EXIT_CODES } from './exit-codes.js';
import { errorBehindList, errorDocument, failureOf } from './failure.js';
import { Interrupts } from './interrupts.js';
import { jsonText } from './json-text.js';
import { StandardStreams } from './standard-streams.js';

/** Variables whose values hold secrets, whatever they look like. */
const SECRET_VARIABLES = ['DATABASE_URL', 'TICKLOOM_DATABASE_URL', 'TICKLOOM_DATABASE'];
/** Variables that are a secret as a whole. */
const SECRETS = ['DATABENTO_API_KEY'];

/** The process's own streams. Nothing happens before main guards them, so a tool may import commands as it likes. */
export const streams = new StandardStreams(
  [...process.argv.slice(2), ...SECRET_VARIABLES.map((name) => process.env[name] ?? '')],
  SECRETS.map((name) => process.env[name] ?? ''),
);

/** Tells a person something beside the data. */
export const notice = (text: string): void => streams.writeNotice(text);

export const interrupts = new Interrupts({
  env: process.env,
  notice,
  quit: (code) => {
    leaveDocument(new TickloomError('CANCELLED', 'the command was interrupted', { hint: 'Run the command again.' }));
    endProcess(code);
  },
});

let ending = false;

/** The one way in which the process ends. */
export function endProcess(code: number): never {
  ending = true;
  process.exit(code);
}

/**
 * Whoever else ends the process, a plugin with `process.exit` or a promise that never settles with nothing left to do,
 * has not done what the command was to do: it fails, and says so.
 */
export function watchOverEnd(): void {
  process.on('exit', (code) => {
    if (ending) return;
    const stuck = process.exitCode === UNSETTLED;
    const error = new TickloomError(
      'INTERNAL',
      stuck
        ? 'the command waited for something that never comes'
        : `the command was ended by other code, with exit code ${code}`,
      { hint: 'Look for it in the plugins and in tickloom.config.js; what is loaded stays.' },
    );
    const written = leaveDocument(error);
    if (!written) streams.writeNoticeAtOnce(`${error.message}\nhint: ${error.hint ?? ''}`);
    process.exitCode = EXIT_CODES[error.action];
  });
}

/** What Node ends with when nothing is left to do and a promise at the top is still open. */
const UNSETTLED = 13;

interface Undecided {
  readonly command: string;
  readonly userFolder: string;
  /** Whether the command shows progress; a word that is no command may stand for one that does. */
  readonly hasProgress: boolean;
}

/** How this process talks; from the arguments at first, from all settings once a command has merged them. */
export const mode = {
  json: has('--json') || isOn(process.env['TICKLOOM_JSON']),
  verbose: has('--verbose') || has('-v') || isOn(process.env['TICKLOOM_VERBOSE']),
  /** Progress is JSON, a line an object: the error that ends the command is one more of them. */
  jsonProgress: false,
  /** Asked for help: text, whatever else was asked for. */
  help: has('--help') || process.argv[2] === 'help',
  /** Until a command has merged all settings: where files may say how it is to talk, and for which command. */
  undecided: undefined as Undecided | undefined,
};

/** From here on stderr holds JSON, an object a line, or plain lines. What others print becomes notes. */
export function talkJsonProgress(on: boolean): void {
  mode.jsonProgress = on;
  const noteOf = (text: string): string =>
    jsonText({ message_type: 'note', time: new Date().toISOString(), level: 'info', text });
  streams.noteLinesAs(on ? noteOf : undefined);
}

/** For an error that comes before all settings are merged: what the variables and the config files say of how to talk. */
export async function decideMode(): Promise<void> {
  const { undecided } = mode;
  mode.undecided = undefined;
  if (undecided === undefined) return;
  const { inConfigFile } = await import('../config/config-file.js');
  const said = async (setting: 'json' | 'progress'): Promise<unknown> => {
    const variable = process.env[`TICKLOOM_${setting.toUpperCase()}`] ?? '';
    if (variable !== '') return variable;
    for (const folder of ['.', undecided.userFolder]) {
      const value = await inConfigFile(folder, undecided.command, setting);
      if (typeof value === 'boolean' || typeof value === 'string') return value;
    }
    return undefined;
  };
  mode.json ||= isOn(String(await said('json')));
  if (undecided.hasProgress && typedProgress() === undefined && (await said('progress')) === 'json') {
    talkJsonProgress(true);
  }
}

/** What is typed before `--`. */
function typed(): readonly string[] {
  const args = process.argv.slice(2);
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end);
}

function has(flag: string): boolean {
  return typed().includes(flag);
}

/** The reporter that the arguments name. */
function typedProgress(): string | undefined {
  const args = typed();
  const at = args.indexOf('--progress');
  return at === -1 ? args.find((argument) => argument.startsWith('--progress='))?.slice(11) : args[at + 1];
}

function isOn(value: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(value ?? '');
}

/**
 * With `--json` also a command that is ended on the spot leaves a document.
 * @returns whether it does
 */
function leaveDocument(error: TickloomError): boolean {
  if (!mode.json || mode.help || (streams.dataStarted && !streams.listOpen)) return false;
  const failure = failureOf(error, String);
  streams.writeDataAtOnce(streams.dataStarted ? errorBehindList(failure) : `${jsonText(errorDocument(failure), 2)}\n`);
  return true;
}

if (typedProgress() === 'json') talkJsonProgress(true);
