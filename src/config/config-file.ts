import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TickloomError } from './errors.js';
import { nearest } from './nearest.js';
import { redact } from './redact.js';
import { toFlagName } from './setting-names.js';

/** The names that are looked for, in this order; the first one found in a folder is the one that counts. */
const FILE_NAMES = [
  'tickloom.config.yaml',
  'tickloom.config.yml',
  'tickloom.config.json',
  'tickloom.config.js',
  'package.json',
];

/** A config file as it was read: settings by flag name, for all commands and for single ones. */
export interface ConfigFile {
  readonly path: string;
  readonly common: ReadonlyMap<string, unknown>;
  /** By the command as typed, e.g. `runs list`. */
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
  /** What `--job NAME` stands for, by its name. */
  readonly jobs: ReadonlyMap<string, ReadonlyMap<string, unknown>>;
  /** What `--source NAME` stands for, by its name: the options of a source, as they stand there. */
  readonly sources: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** The key under which a config file has its jobs. */
const JOBS = 'jobs';
/** The key under which it has the options of sources. */
const SOURCES = 'sources';

/** What may stand in a config file. */
export interface Vocabulary {
  /** Settings, as flags are called. */
  readonly settings: readonly string[];
  /** Commands, as typed: each may have a section of its own. */
  readonly commands: readonly string[];
}

/**
 * Reads the config file of one folder; never of one above it.
 * @returns `undefined` when there is none.
 * @throws CONFIG_INVALID when it cannot be read or has a key that is not known.
 */
export async function readConfigFile(folder: string, vocabulary: Vocabulary): Promise<ConfigFile | undefined> {
  const found = await loadConfigFile(folder);
  return found && interpret(found.path, found.content, vocabulary);
}

/**
 * What the config file of one folder says of a setting, whatever else it says and however wrong: for an error that comes
 * before all settings are merged.
 * @param command as typed, which may have a section in the file
 */
export async function inConfigFile(folder: string, command: string, setting: string): Promise<unknown> {
  const found = await loadConfigFile(folder).catch(() => undefined);
  if (!isMapping(found?.content)) return undefined;
  const section = found.content[command];
  return (isMapping(section) ? section[setting] : undefined) ?? found.content[setting];
}

/**
 * Not by cosmiconfig's own search: that first reads files of its own, among them what else lies below `.config` of the
 * working directory, and lets them name further places to look in.
 */
async function loadConfigFile(folder: string): Promise<{ path: string; content: unknown } | undefined> {
  for (const name of FILE_NAMES) {
    const path = join(folder, name);
    try {
      const text = await textOf(path);
      if (text.trim() === '') continue;
      const content = await load(path, text);
      if (content !== undefined && content !== null) return { path, content };
    } catch (error) {
      throw unreadable(folder, path, error);
    }
  }
  return undefined;
}

/** @returns nothing where there is no such file */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

/** @returns nothing where a package.json has no key of ours */
async function load(path: string, text: string): Promise<unknown> {
  const ending = extname(path) as '.yaml' | '.yml' | '.json' | '.js';
  if (ending === '.js') return importDefault(path);
  const { defaultLoaders } = await import('cosmiconfig');
  const content: unknown = await defaultLoaders[ending](path, text);
  if (basename(path) !== 'package.json') return content;
  return isMapping(content) ? content['tickloom'] : undefined;
}

/** cosmiconfig's own loader tries again with require, and what that says hides the error of the file. */
async function importDefault(path: string): Promise<unknown> {
  const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  return 'default' in module ? module.default : { ...(module as object) };
}

function interpret(path: string, content: unknown, vocabulary: Vocabulary): ConfigFile {
  if (!isMapping(content)) {
    throw new TickloomError(
      'CONFIG_INVALID',
      `config file "${path}" holds ${kindOf(content)}, expected settings by name`,
      {
        hint: 'Write one setting per line, e.g. "concurrency: 2".',
        context: { file: path },
      },
    );
  }
  const common = new Map<string, unknown>();
  const sections = new Map<string, ReadonlyMap<string, unknown>>();
  const jobs = new Map<string, ReadonlyMap<string, unknown>>();
  const sources = new Map<string, Readonly<Record<string, unknown>>>();
  for (const [key, value] of Object.entries(content)) {
    if (key === JOBS) {
      for (const [job, settings] of entriesIn(path, JOBS, value)) {
        jobs.set(job, settingsIn(path, settings, vocabulary, `${JOBS}: ${job}`));
      }
    } else if (key === SOURCES) {
      for (const [source, options] of entriesIn(path, SOURCES, value)) sources.set(source, options);
    } else if (isMapping(value) && vocabulary.commands.includes(key)) {
      sections.set(key, settingsIn(path, value, vocabulary, key));
    } else {
      addSetting(common, path, key, value, vocabulary, undefined);
    }
  }
  return { path, common, sections, jobs, sources };
}

function entriesIn(path: string, key: string, value: unknown): (readonly [string, Record<string, unknown>])[] {
  const refuse = (shown: string, found: unknown, expected: string): TickloomError =>
    new TickloomError(
      'CONFIG_INVALID',
      `"${shown}" in config file "${path}" is ${kindOf(found)}, expected ${expected}`,
      {
        hint: `Write each of them as a name with its settings below it, as in "${key}: { mine: { dataset: GLBX.MDP3 } }".`,
        context: { file: path, key: shown },
      },
    );
  if (!isMapping(value)) throw refuse(key, value, `${key} by name`);
  return Object.entries(value).map(([job, settings]) => {
    if (!isMapping(settings)) throw refuse(`${key}: ${job}`, settings, 'settings by name');
    return [job, settings] as const;
  });
}

function settingsIn(
  path: string,
  content: Record<string, unknown>,
  vocabulary: Vocabulary,
  section: string,
): ReadonlyMap<string, unknown> {
  const settings = new Map<string, unknown>();
  for (const [key, value] of Object.entries(content)) addSetting(settings, path, key, value, vocabulary, section);
  return settings;
}

function addSetting(
  into: Map<string, unknown>,
  path: string,
  key: string,
  value: unknown,
  { settings, commands }: Vocabulary,
  section: string | undefined,
): void {
  const name = toFlagName(key);
  const shown = section === undefined ? key : `${section}: ${key}`;
  if (!settings.includes(name)) {
    const known = section === undefined ? [...settings, ...commands, JOBS, SOURCES] : settings;
    const meant = nearest(name, known);
    throw new TickloomError('CONFIG_INVALID', `unknown setting "${shown}" in config file "${path}"`, {
      hint:
        meant === undefined ? 'Remove it; settings are called as the flags are.' : `Write "${meant}", or remove it.`,
      context: { file: path, key: shown },
    });
  }
  if (into.has(name)) {
    throw new TickloomError('CONFIG_INVALID', `setting "${name}" stands twice in config file "${path}"`, {
      hint: 'Keep one of the two spellings.',
      context: { file: path, key: shown },
    });
  }
  if (value !== null && value !== undefined) into.set(name, withPaths(name, value, path));
}

const FOLDERS = ['home', 'archive'];

/** Folders, key files and plugins in a file are meant from the file's own folder, wherever the command runs. */
function withPaths(name: string, value: unknown, path: string): unknown {
  const fromFile = (item: unknown): unknown =>
    typeof item === 'string' && (/^\.\.?([/\\]|$)/.test(item) || FOLDERS.includes(name)) && !isAbsolute(item)
      ? resolve(dirname(path), item)
      : item;
  if (FOLDERS.includes(name) || name === 'api-key-file') return fromFile(value);
  if (name !== 'plugins') return value;
  if (typeof value === 'string') return value.split(',').map((item) => fromFile(item.trim()));
  return Array.isArray(value) ? value.map(fromFile) : value;
}

/** The parsers quote the file, and so perhaps a password: only their reason and the position are passed on. */
function unreadable(folder: string, file: string, error: unknown): TickloomError {
  const text = error instanceof Error ? error.message : String(error);
  const { reason, mark } = error as { reason?: unknown; mark?: { line?: number; column?: number } };
  const spot = /\((\d+):(\d+)\)|line (\d+) column (\d+)/.exec(text);
  const inScript = /tickloom\.config\.js:(\d+)/.exec(error instanceof Error ? (error.stack ?? '') : '')?.[1];
  const line = mark?.line === undefined ? (spot?.[1] ?? spot?.[3] ?? inScript) : String(mark.line + 1);
  const why =
    typeof reason === 'string'
      ? reason
      : text.startsWith('JSON Error')
        ? 'it is not JSON'
        : redact(text.split('\n')[0] ?? '');
  const place = line === undefined ? '' : ` at line ${line}`;
  return new TickloomError('CONFIG_INVALID', `config file "${file}" cannot be read${place}: ${why}`, {
    hint: `Mend or remove ${relative(folder, file)}.`,
    context: { file, line: line === undefined ? null : Number(line) },
  });
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return value === null ? 'nothing' : `a ${typeof value}`;
}
