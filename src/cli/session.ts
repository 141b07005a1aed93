import { TickloomError } from '../config/errors.js';
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
    leaveDocument();
    process.exit(code);
  },
});

/** How this process talks; from the arguments at first, from all settings once a command has merged them. */
export const mode = {
  json: has('--json') || isOn(process.env['TICKLOOM_JSON']),
  verbose: has('--verbose') || has('-v') || isOn(process.env['TICKLOOM_VERBOSE']),
  /** Progress is JSON, a line an object: the error that ends the command is one more of them. */
  jsonProgress: false,
  /** Asked for help: text, whatever else was asked for. */
  help: has('--help') || process.argv[2] === 'help',
};

function has(flag: string): boolean {
  const args = process.argv.slice(2);
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).includes(flag);
}

function isOn(value: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(value ?? '');
}

/** With `--json` also a command that is ended on the spot leaves a document. */
function leaveDocument(): void {
  if (!mode.json || mode.help || (streams.dataStarted && !streams.listOpen)) return;
  const error = new TickloomError('CANCELLED', 'the command was interrupted', { hint: 'Run the command again.' });
  const failure = failureOf(error, String);
  streams.writeDataAtOnce(streams.dataStarted ? errorBehindList(failure) : `${jsonText(errorDocument(failure), 2)}\n`);
}
