import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { basic } from '../../support/gateway-client.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', '..');

describe('docs/stand-in-gateway.md', () => {
  it('has a program that starts the gateway and prints how to reach it', async () => {
    const page = readFileSync(join(ROOT, 'docs', 'stand-in-gateway.md'), 'utf8');
    const [, program = ''] = /```js\n(\/\/ gateway\.mjs\n.*?)```/s.exec(page) ?? [];
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit');
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const [, url, key = ''] = /^export DATABENTO_GATEWAY=(\S+) DATABENTO_API_KEY=(\S+)$/.exec(line) ?? [];
    const response = await fetch(`${url ?? ''}/v0/metadata.list_datasets`, { headers: basic(key) });
    expect(await response.json()).to.deep.equal(['GLBX.MDP3']);
    child.kill('SIGTERM');
    expect(await exit).to.deep.equal([0, null]);
  });
});
