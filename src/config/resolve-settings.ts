import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from '../core/validation/class-validator-parts.js';
import { readConfigFile, type ConfigFile } from './config-file.js';
import { namesDatabase } from './database-variables.js';
import { TickloomError } from './errors.js';
import { nearest } from './nearest.js';
import { redact } from './redact.js';
import { toPropertyName, variablesOf } from './setting-names.js';
import { COMMON_SETTINGS, settingNames, Settings } from './settings.js';
import { alternatives } from './words.js';

export interface SettingsRequest {
  /** The command as typed, e.g. `runs list`. */
  readonly command: string;
  /** All commands that may have a section in a config file. */
  readonly commands: readonly string[];
  /** The flags that the command takes, with the words that it allows where these are few. */
  readonly takes: ReadonlyMap<string, readonly string[] | undefined>;
  /** The flags that were typed; nothing computed. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingFolder: string;
  readonly userFolder: string;
}

export interface ResolvedSettings {
  readonly settings: Settings;
  /** The config files that were read, the stronger one first. */
  readonly files: readonly string[];
  /** The options of sources that the files hold, by name; of a name in two of them the stronger file's. */
  readonly sources: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

interface Found {
  readonly value: unknown;
  /** Where it stands, for a person: `--index`, `TICKLOOM_INDEX`, `"index" in config file "…"`. */
  readonly where: string;
  readonly origin: 'flag' | 'env' | 'file';
  readonly file: string | null;
}

/**
 * Merges flag, environment, project file and user file, the first one that has a value wins, and checks the result.
 * @throws USAGE for a bad flag, CONFIG_INVALID for a bad variable or file.
 */
export async function resolveSettings(request: SettingsRequest): Promise<ResolvedSettings> {
  const vocabulary = { settings: settingNames(), commands: request.commands };
  const folders = [...new Set([request.workingFolder, request.userFolder])];
  const read = await Promise.all(folders.map((folder) => readConfigFile(folder, vocabulary)));
  const files = read.filter((file) => file !== undefined);
  const job = jobNamed(find('job', request, files, NO_JOB), files);
  const found = new Map<string, Found>();
  for (const name of new Set([...request.takes.keys(), ...COMMON_SETTINGS])) {
    const first = find(name, request, files, job);
    if (first !== undefined) found.set(name, first);
  }
  const sources = new Map(files.toReversed().flatMap((file) => [...file.sources]));
  return { settings: check(found, request.takes), files: files.map(({ path }) => path), sources };
}

/** The settings of one job of a config file, and where they stand. */
interface Job {
  readonly settings: ReadonlyMap<string, unknown>;
  readonly name: string;
  readonly file: string;
}

const NO_JOB: Job = { settings: new Map(), name: '', file: '' };

/** @throws USAGE or CONFIG_INVALID when no file has a job of that name */
function jobNamed(asked: Found | undefined, files: readonly ConfigFile[]): Job {
  if (asked === undefined) return NO_JOB;
  const name = String(asked.value);
  for (const { jobs, path } of files) {
    const settings = jobs.get(name);
    if (settings !== undefined) return { settings, name, file: path };
  }
  const known = files.flatMap(({ jobs }) => [...jobs.keys()]);
  const meant = nearest(name, known);
  throw new TickloomError(
    asked.origin === 'flag' ? 'USAGE' : 'CONFIG_INVALID',
    `there is no job "${redact(name)}"; known: ${known.length === 0 ? 'none' : known.join(', ')}`,
    {
      hint:
        meant === undefined
          ? 'Write the job below "jobs:" in tickloom.config.yaml, in the working directory.'
          : `Write --job ${meant}.`,
      context: { setting: 'job', found: name },
    },
  );
}

function find(name: string, request: SettingsRequest, files: readonly ConfigFile[], job: Job): Found | undefined {
  const typed = request.flags[name];
  if (typed !== undefined) return { value: typed, where: `--${name}`, origin: 'flag', file: null };
  // the id of a chunk is for one command; "chunk: day" in a file is how large the chunks of requests are to be
  if (takesChunkId(name, request.takes)) return undefined;
  for (const variable of variablesOf(name)) {
    const value = request.env[variable];
    if (value !== undefined && value !== '') return { value, where: variable, origin: 'env', file: null };
  }
  const ofJob = job.settings.get(name);
  if (ofJob !== undefined) {
    const where = `"jobs: ${job.name}: ${name}" in config file "${job.file}"`;
    return { value: ofJob, where, origin: 'file', file: job.file };
  }
  // the engine reads these variables itself; they are stronger than a file because they are environment
  if (name === 'database' && namesDatabase(request.env)) return undefined;
  for (const file of files) {
    const section = file.sections.get(request.command);
    const value = section?.get(name) ?? file.common.get(name);
    if (value === undefined) continue;
    const key = section?.has(name) === true ? `${request.command}: ${name}` : name;
    return { value, where: `"${key}" in config file "${file.path}"`, origin: 'file', file: file.path };
  }
  return undefined;
}

function takesChunkId(name: string, takes: SettingsRequest['takes']): boolean {
  return name === 'chunk' && takes.get(name) === undefined;
}

function check(found: ReadonlyMap<string, Found>, takes: SettingsRequest['takes']): Settings {
  // No setting is nested, and what YAML can nest (in itself, or a billion times) must not be walked through.
  const plain = Object.fromEntries(
    [...found].map(([name, { value }]) => [toPropertyName(name), isNested(value) ? {} : value]),
  );
  const settings = plainToInstance(Settings, plain);
  const wrong = new Map(
    validateSync(settings).map(({ property, constraints }) => [property, Object.values(constraints ?? {})[0]]),
  );
  for (const [name, source] of found) {
    const property = toPropertyName(name);
    const words = takes.get(name);
    const given = settings[property as keyof Settings];
    const outside = words !== undefined && !words.includes(String(given));
    const expected = outside
      ? alternatives(words)
      : takesChunkId(name, takes) && typeof given !== 'number'
        ? 'the number of a chunk'
        : wrong.get(property);
    if (expected !== undefined) throw refusal(name, source, expected, takes.has(name) || name === 'json');
  }
  return settings;
}

function refusal(
  name: string,
  { value, where, origin, file }: Found,
  expected: string,
  isFlag: boolean,
): TickloomError {
  const shown = isNested(value) ? 'a nested value' : typeof value === 'string' ? value : JSON.stringify(value);
  const found = redact(shown);
  return new TickloomError(
    origin === 'flag' ? 'USAGE' : 'CONFIG_INVALID',
    `${where} is "${found}", expected ${expected}`,
    {
      hint:
        origin === 'flag'
          ? `Give --${name} ${expected}.`
          : `Change it${isFlag ? `, or give --${name} on the command line` : ''}.`,
      context: { setting: name, expected, found, ...(file === null ? {} : { file }) },
    },
  );
}

/** True for a mapping, and for a list of anything but plain values. */
function isNested(value: unknown): boolean {
  const isPlain = (item: unknown): boolean => typeof item !== 'object' || item === null || item instanceof Date;
  return Array.isArray(value) ? !value.every(isPlain) : !isPlain(value);
}
