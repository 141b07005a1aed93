import { fileURLToPath } from 'node:url';

/** The module of the bundled plugins. */
export const BUILTINS_MODULE = fileURLToPath(new URL('../../plugins/index.js', import.meta.url));
