import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CliSandbox } from './run-cli.js';
import { PACKAGE_ROOT } from './run-cli.js';

/** A command that a page tells its reader to type. */
export interface GuideStep {
  readonly command: string;
  /** Exit code that the page announces with `# ends with N`; else 0. */
  readonly ends: number;
  /** What the page says that it prints, in part or whole. */
  readonly prints: readonly string[];
}

/** What became of a step. */
export interface GuideResult extends GuideStep {
  readonly ended: number;
  /** stdout and stderr, as they came. */
  readonly printed: string;
}

/** A fenced block of a page. */
export interface GuideBlock {
  readonly language: string;
  readonly text: string;
}

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** @param page path from the root of the checkout */
export async function blocksOf(page: string, ...languages: readonly string[]): Promise<GuideBlock[]> {
  const text = await readFile(join(PACKAGE_ROOT, page), 'utf8');
  const blocks = [...text.matchAll(FENCE)].map(([, language = '', block = '']) => ({ language, text: block }));
  return blocks.filter(({ language }) => languages.includes(language));
}

/**
 * The commands of a page in their order: those of its `sh` blocks, and those behind a `$` in its `console` blocks, with
 * the output that follows. A block without a language is what the command before it prints; one more of them, what the
 * same command prints the second time.
 */
export async function stepsOf(page: string): Promise<GuideStep[]> {
  const steps: GuideStep[] = [];
  for (const { language, text } of await blocksOf(page, 'sh', 'console', '')) {
    if (language === 'sh') steps.push(...commandsIn(text).map((command) => stepOf(command)));
    else if (language === '') addOutput(steps, text);
    else {
      for (const part of text.split(/^\$ /m).slice(1)) {
        const [command = '', ...lines] = part.trimEnd().split('\n');
        steps.push(stepOf(command, lines));
      }
    }
  }
  return steps;
}

/** A line each, but for what goes on behind a backslash or inside of quotes. */
function commandsIn(block: string): string[] {
  const commands = block.matchAll(/(?:"[^"]*"|'[^']*'|\\\n|#[^\n]*|[^\n"'#\\])+/g);
  return [...commands]
    .map(([command]) => command.trim())
    .filter((command) => command !== '' && !command.startsWith('#'));
}

const stepOf = (command: string, prints: readonly string[] = []): GuideStep => ({
  command,
  ends: Number(/# ends with (\d+)/.exec(command)?.[1] ?? 0),
  prints: prints.filter((line) => line.trim() !== ''),
});

function addOutput(steps: GuideStep[], text: string): void {
  const last = steps.at(-1);
  if (last === undefined) return;
  const prints = text.split('\n');
  if (last.prints.length === 0) steps.splice(-1, 1, stepOf(last.command, prints));
  else steps.push(stepOf(last.command, prints));
}

const MARK = '@@ step';

/**
 * Types the commands of a page, one after the other, into one shell. `npx tickloom` is `tickloom`.
 * @param replace what takes the place of a command that cannot be run as it stands
 */
export async function follow(
  sandbox: CliSandbox,
  page: string,
  options: { readonly env?: Record<string, string>; readonly replace?: (command: string) => string } = {},
): Promise<GuideResult[]> {
  const { env = {}, replace = (command) => command } = options;
  const steps = await stepsOf(page);
  const script = steps.map(
    ({ command }, index) => `echo '${MARK} ${index}'\n${replace(command)}\necho "${MARK} ended $?"`,
  );
  const npx = 'npx() { shift; tickloom "$@"; }';
  const { stdout } = await sandbox.shell(`exec 2>&1\n${npx}\n${script.join('\n')}`, { env });
  return steps.map((step, index) => {
    const [, rest = ''] = stdout.split(`${MARK} ${index}\n`);
    const [printed = '', ended = ''] = rest.split(`${MARK} ended `);
    return { ...step, printed, ended: Number.parseInt(ended, 10) };
  });
}

/** The made-up market is of 2024; later days are those of the one who runs it. */
const OF_TODAY = /\b20(?:2[5-9]|[3-9]\d)-\d\d-\d\d\b/g;

/** Text without what differs from run to run: ids, times, speeds, sizes of what was compressed, widths of columns. */
export function steady(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'RUN')
    .replaceAll(/\bGLBX-\d{8}-[A-Z0-9]{10}\b/g, 'JOB')
    .replaceAll(OF_TODAY, 'DAY')
    .replaceAll(/^(time|speed|memory) .*$/gm, '$1')
    .replaceAll(/[\d.]+ [KM]iB/g, 'SIZE')
    .replaceAll(/─+/g, '─')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ $/gm, '');
}

/** The first line that a page says is printed and that is not, behind the ones before it; `undefined` when all are. */
export function missingLine({ prints, printed }: GuideResult): string | undefined {
  const lines = steady(printed).split('\n');
  let at = 0;
  return prints.find((line) => {
    at = lines.indexOf(steady(line), at) + 1;
    return at === 0;
  });
}
