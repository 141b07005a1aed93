// For --import: writes what the process loads, a URL a line, into the file that LOADED_FILES names.
import { appendFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';

const file = process.env['LOADED_FILES'] ?? '';
const hooks = `
import { appendFileSync } from 'node:fs';
export async function load(url, context, next) {
  appendFileSync(${JSON.stringify(file)}, url + '\\n');
  return next(url, context);
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
process.on('exit', () => {
  // what is required comes by no hook
  const required = Object.keys(createRequire(import.meta.url).cache).map((path) => `${pathToFileURL(path).href}\n`);
  appendFileSync(file, required.join(''));
});
