// npm runs this after it has installed a clone, and before it packs. Without the development dependencies
// (`--omit=dev`) there is no compiler: installing is to succeed all the same, with what was built before.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { URL } from 'node:url';

const { devDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const missing = Object.keys(devDependencies).find(
  (name) => !existsSync(new URL(`../node_modules/${name}`, import.meta.url)),
);
if (missing === undefined) {
  process.exitCode = spawnSync('npm run build', { shell: true, stdio: 'inherit' }).status ?? 1;
} else {
  console.error(`nothing was built: the development dependency "${missing}" is not installed`);
  console.error('hint: To build, run "npm ci" without --omit=dev.');
}
