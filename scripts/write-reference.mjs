// Writes docs/reference.md: every command with its arguments and flags, from oclif.manifest.json, and every setting
// with its variables and values, from the Settings class. With --stdout it prints the page instead. Needs a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { URL } from 'node:url';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import 'reflect-metadata';
import { toPropertyName, variablesOf } from '../dist/src/config/setting-names.js';
import { FLAGLESS_SETTINGS, Settings, settingNames } from '../dist/src/config/settings.js';

const PAGE = new URL('../docs/reference.md', import.meta.url);
const { commands } = JSON.parse(readFileSync(new URL('../oclif.manifest.json', import.meta.url), 'utf8'));
const ids = Object.keys(commands).sort();

const page = `# Reference

Every command and every setting. \`npm run reference\` writes this page from the commands and settings themselves.
What the words mean is in the [glossary](glossary.md), exit codes are in the [README](../README.md#exit-codes).

## Commands

${ids.map((id) => `[\`${spoken(id)}\`](#${anchor(id)})`).join(' · ')}

Every command also takes ${common()
  .map((name) => `\`${written(name, flagsOf(ids[0])[name])}\``)
  .join(' and ')}.
Where a flag is a switch (all but \`--json\`), \`--no-…\` turns it off again when a file or a variable has it on.

${ids.map(command).join('\n')}
## Configuration

Every setting can come from a flag, from a variable, or from a config file: \`tickloom.config.yaml\`, \`.yml\`, \`.json\`, \`.js\`, or the key
\`tickloom\` of \`package.json\`, in the working directory; and from a file of the same names in the user's config folder
(\`~/.config/tickloom\`, or \`$XDG_CONFIG_HOME/tickloom\`). A flag is stronger than a variable, a variable than the project's file, that
than the user's file. Files are never looked for further up.

\`\`\`yaml
# tickloom.config.yaml
database: postgresql://me@localhost/ticks
concurrency: 2
plugins: [./my-plugin]
ingest: # for one command only
  index: btree
jobs: # each for "tickloom ingest --job NAME"
  es-trades:
    api: databento
    dataset: GLBX.MDP3
    schema: trades
    symbols: [ES.c.0]
    start: 2024-01-08
    end: 2024-01-13
\`\`\`

An unknown key is refused. A database that is named nowhere comes from \`DATABASE_URL\` or the \`PG…\` variables, else it is the embedded one.
The API key comes from \`DATABENTO_API_KEY\` or a file, never from a flag or a config file.

${table(['setting', 'value', 'variables', 'for'], settingNames().map(setting))}

Colour, in help, tables and progress: \`FORCE_COLOR\` wins over \`NO_COLOR\`, as in Node.js itself, and \`FORCE_COLOR=0\` is none; then \`NO_COLOR\`,
\`TERM=dumb\` and \`CI\` are none; else there is colour where the stream is a terminal. A variable that is empty says nothing.
`;

if (process.argv.includes('--stdout')) process.stdout.write(page);
else writeFileSync(PAGE, page);

function command(id) {
  const { summary, description, args, examples } = commands[id];
  const words = Object.entries(args).map(([name, arg]) => argumentWord(name, arg));
  const own = Object.entries(flagsOf(id)).filter(([name]) => !common().includes(name));
  const synopsis = ['tickloom', spoken(id), ...words, ...(own.length > 0 ? ['[flags]'] : [])].join(' ');
  const rows = [
    ...Object.entries(args).map(([name, arg]) => [`\`${argumentWord(name, arg)}\``, arg.description]),
    ...own.map(([name, flag]) => [`\`${written(name, flag)}\``, flag.summary ?? flag.description]),
  ];
  return [
    `### ${spoken(id)}\n`,
    `${[summary, description].filter(Boolean).join(' ')}\n`,
    `\`\`\`text\n${synopsis}\n\`\`\`\n`,
    ...(rows.length > 0 ? [`${table(['argument or flag', 'says'], rows)}\n`] : []),
    `\`\`\`sh\n${examples.map(example).join('\n')}\n\`\`\`\n`,
  ].join('\n');
}

/** The flags that all commands have. */
function common() {
  return Object.keys(flagsOf(ids[0])).filter((name) => ids.every((id) => name in flagsOf(id)));
}

function flagsOf(id) {
  return commands[id].flags;
}

function spoken(id) {
  return id.replaceAll(':', ' ');
}

function anchor(id) {
  return id.replaceAll(':', '-');
}

function argumentWord(name, { required, multiple }) {
  const word = name.toUpperCase() + (multiple === true ? '…' : '');
  return required === true ? word : `[${word}]`;
}

/** A flag as it is typed, with its short form and what follows it. */
function written(name, { type, char, helpValue, options }) {
  const long = type === 'boolean' ? `--${name}` : `--${name} ${options?.join('|') ?? helpValue ?? '<text>'}`;
  return char === undefined ? long : `-${char}, ${long}`;
}

/** An example: its first line may be a sentence, which becomes a comment. */
function example(text) {
  return text
    .replaceAll('<%= config.bin %>', 'tickloom')
    .split('\n')
    .map((line) => (line.startsWith('tickloom ') ? line : `# ${line}`))
    .join('\n');
}

function setting(name) {
  const users = ids.filter((id) => name in flagsOf(id));
  const meaning = FLAGLESS_SETTINGS[name] ?? usersText(users);
  if (meaning === '') throw new Error(`reference: no command takes the setting "${name}"`);
  return [
    `\`${name}\``,
    expected(name),
    variablesOf(name)
      .map((variable) => `\`${variable}\``)
      .join(' '),
    meaning,
  ];
}

function usersText(users) {
  if (users.length === ids.length) return 'all commands';
  if (users.length > 8) return `${users.length} commands`;
  return users.map((id) => `\`${spoken(id)}\``).join(', ');
}

/** What a value has to be, in the words of the error that refuses another one. */
function expected(name) {
  const [error] = validateSync(plainToInstance(Settings, { [toPropertyName(name)]: {} }));
  return Object.values(error.constraints)[0];
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
