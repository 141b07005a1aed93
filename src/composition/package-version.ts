import { readFileSync } from 'node:fs';

let version: string | undefined;

/** Of this package, as its package.json says. */
export function packageVersion(): string {
  version ??= (JSON.parse(readFileSync(packageJsonUrl(), 'utf8')) as { version: string }).version;
  return version;
}

/** `dist/src/composition` stands three folders below the package's root. */
function packageJsonUrl(): URL {
  return new URL('../../../package.json', import.meta.url);
}
