import { createRequire } from 'node:module';
import type pg from 'pg';

/**
 * The driver. Where there is no `navigator`, as in Node.js 20, it looks at `Response` as it is loaded, to know a Cloudflare
 * worker. Node then loads all of its `fetch`: that takes longer than the driver itself, and ten gigabytes of addresses,
 * without which (`ulimit -v`) the process is lost. So for that moment there is none.
 */
export function loadPg(): typeof pg {
  const require = createRequire(import.meta.url);
  const response = Object.getOwnPropertyDescriptor(globalThis, 'Response');
  if ('navigator' in globalThis || response?.configurable !== true) return require('pg') as typeof pg;
  Object.defineProperty(globalThis, 'Response', { value: undefined, configurable: true });
  try {
    return require('pg') as typeof pg;
  } finally {
    Object.defineProperty(globalThis, 'Response', response);
  }
}
