import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TickloomError } from '../../../core/errors/index.js';

/**
 * The folder of the package that `moduleUrl` belongs to: the nearest one upwards with a package.json that has a name.
 * The working directory says nothing, and the depth of the compiled file differs between checkout and package.
 */
export function packageRoot(moduleUrl: string): string {
  let folder = dirname(fileURLToPath(moduleUrl));
  for (;;) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && 'name' in (JSON.parse(readFileSync(file, 'utf8')) as object)) return folder;
    const parent = dirname(folder);
    if (parent === folder) {
      throw new TickloomError('INVARIANT', `no package.json above "${fileURLToPath(moduleUrl)}"`);
    }
    folder = parent;
  }
}
