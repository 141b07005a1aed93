#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

if (!existsSync(new URL('../dist/src/cli/main.js', import.meta.url))) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  process.stderr.write(`tickloom is not built yet\nhint: run "npm ci && npm run build" in ${root}\n`);
  process.exit(2);
}
await import('../dist/src/cli/early-signals.js');
await import('../dist/src/cli/main.js');
