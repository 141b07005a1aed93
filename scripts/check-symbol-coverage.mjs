// A wrong symbol on a row is the one mistake that nobody would see: what finds symbols is tested to the last branch.
// Reads what c8 has just written.
import { readFileSync } from 'node:fs';
import { URL } from 'node:url';

const summary = JSON.parse(readFileSync(new URL('../coverage/coverage-summary.json', import.meta.url), 'utf8'));
const files = Object.entries(summary).filter(([path]) => /[\\/]src[\\/]core[\\/]symbology[\\/]/.test(path));
const short = files.filter(([, { lines, branches }]) => lines.pct < 100 || branches.pct < 100);
for (const [path, { lines, branches }] of short) {
  console.error(
    `${path}: ${lines.pct} % of the lines and ${branches.pct} % of the branches are tested, 100 % are needed`,
  );
}
if (files.length === 0) console.error('no file of src/core/symbology in coverage/coverage-summary.json');
if (files.length === 0 || short.length > 0) process.exitCode = 1;
