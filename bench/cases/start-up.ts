import { spawn } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { timed, type BenchCase } from '../bench-case.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const STARTS = 5;

async function start(program: string): Promise<void> {
  const child = spawn(process.execPath, [program, '--version'], { stdio: 'ignore' });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`${program} --version ended with ${String(code)}`);
}

const startsOf = (program: string): ReturnType<BenchCase['run']> =>
  timed(async () => {
    for (let turn = 0; turn < STARTS; turn += 1) await start(program);
    return STARTS;
  });

/** The least that can be made with the same framework: one command that does nothing. */
async function writeBareProgram(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const program = join(folder, 'run.js');
  const oclif = { bin: 'bare', commands: { strategy: 'single', target: './command.js' } };
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'bare', version: '1.0.0', type: 'module', oclif }),
  );
  await writeFile(
    join(folder, 'command.js'),
    `import { Command } from '@oclif/core';\nexport default class Bare extends Command {\n  async run() {}\n}\n`,
  );
  await writeFile(program, `import { execute } from '@oclif/core';\nawait execute({ dir: import.meta.url });\n`);
  return program;
}

export const startOclif: BenchCase = {
  name: 'start-oclif',
  title: 'starts of a bare oclif program, --version',
  needsDatabase: false,
  reference: 'start-oclif',
  once: true,
  run: async ({ folder }) => startsOf(await writeBareProgram(join(folder, 'bare'))),
};

export const startTickloom: BenchCase = {
  name: 'start-tickloom',
  title: 'starts of tickloom, --version',
  needsDatabase: false,
  reference: 'start-oclif',
  once: true,
  run: () => startsOf(join(ROOT, 'bin', 'run.js')),
};
