import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveSettings } from '../../src/config/resolve-settings.js';
import { settingNames } from '../../src/config/settings.js';
import { isTickloomError } from '../../src/core/errors/index.js';
import { Random } from '../../src/core/sample/random.js';

const COMMANDS = ['ingest', 'decode', 'runs list', 'query', 'export'];
const FILES = ['tickloom.config.yaml', 'tickloom.config.json', 'package.json'] as const;
const WORDS = [
  '',
  ' ',
  '0',
  '1',
  '-1',
  '1e3',
  '99999999999999999999',
  '0x10',
  'NaN',
  'true',
  'no',
  'null',
  '~',
  '[]',
  '{}',
  '[1, 2]',
  '{a: 1}',
  'trades',
  'GLBX.MDP3',
  '../../etc/passwd',
  "x'; drop table trades; --",
  '"',
  '\u001b[2J',
  '\u202e',
  '\u0000',
  'é',
  '\ud800',
  '2024-01-01',
  '2024-13-45',
  '&a [*a]',
  '!!js/function x',
  '- - -',
  ': :',
  'embedded',
  'postgres://u:secret@h/db',
  'a'.repeat(300),
] as const;

/** Random settings from random places: accepted, or refused with an error that names the place. */
export class SettingsFuzz {
  private constructor(private readonly folder: string) {}

  static async create(): Promise<SettingsFuzz> {
    return new SettingsFuzz(await mkdtemp(join(tmpdir(), 'tickloom-fuzz-')));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** @returns `read` or the code of the refusal */
  async tryOne(seed: number, index: number): Promise<string> {
    const random = new Random(seed * 30_000_001 + index);
    const names = [
      ...settingNames(),
      'Plugins',
      '__proto__',
      'constructor',
      'ingest',
      'db_schema',
      'dbSchema',
      'nonsense',
    ];
    const word = (): string => WORDS[random.below(WORDS.length)] as string;
    const name = (): string => names[random.below(names.length)] as string;
    const some = (most: number): string[] => Array.from({ length: random.below(most) }, name);
    const file = join(this.folder, FILES[random.below(FILES.length)] as string);
    if (random.below(3) > 0) await writeFile(file, textOf(file, some(5), random, word));
    try {
      await resolveSettings({
        command: COMMANDS[random.below(COMMANDS.length)] as string,
        commands: COMMANDS,
        takes: new Map(settingNames().map((flag) => [flag, undefined])),
        flags: Object.fromEntries(some(3).map((flag) => [flag, random.below(4) === 0 ? true : word()])),
        env: Object.fromEntries(some(3).map((flag) => [`TICKLOOM_${flag.toUpperCase().replaceAll('-', '_')}`, word()])),
        workingFolder: this.folder,
        userFolder: this.folder,
      });
      return 'read';
    } catch (error) {
      if (!isTickloomError(error) || error.action !== 'fix') throw error;
      if (`${error.message} ${error.hint ?? ''}`.includes('secret'))
        throw new Error(`the password is shown: ${error.message}`, { cause: error });
      return error.code;
    } finally {
      await rm(file, { force: true });
    }
  }
}

function textOf(file: string, keys: readonly string[], random: Random, word: () => string): string {
  if (random.below(10) === 0) return word() + word();
  const values = keys.map((key) => [key, random.below(3) === 0 ? random.below(1000) : word()] as const);
  if (file.endsWith('.yaml')) return values.map(([key, value]) => `${key}: ${value}`).join('\n');
  const text = JSON.stringify(
    file.endsWith('package.json') ? { tickloom: Object.fromEntries(values) } : Object.fromEntries(values),
  );
  return random.below(8) === 0 ? text.slice(0, random.below(text.length)) : text;
}
