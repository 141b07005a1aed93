import 'reflect-metadata';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { serveRows, type ThreadOrder, type ThreadReady } from '../../adapters/threads/index.js';
import { keepOffStdout } from '../../config/keep-off-stdout.js';
import { decompress } from '../../adapters/zstd/index.js';
import type { DecodedRowsParts } from '../../core/pipeline/decoded-rows.js';
import { loadPlugins } from '../load-plugins.js';
import { offersOf, type ThreadSetup } from './thread-setup.js';

/* The program of a thread that makes rows: it imports the plugins again, and takes chunks until it is told to end. */

async function main(run: MessagePort, setup: ThreadSetup): Promise<void> {
  keepOffStdout();
  const say = (ready: ThreadReady): void => run.postMessage(ready);
  let parts: DecodedRowsParts;
  try {
    parts = await partsOf(setup);
  } catch (error) {
    say({ ready: false, why: error instanceof Error ? error.message : String(error) });
    return;
  }
  run.on('message', (order: ThreadOrder | null) => {
    if (order === null) run.close();
    else serveRows(order.port, order.job, parts);
  });
  say({ ready: true, offers: offersOf(parts.registry) });
}

async function partsOf({ plugins, builtins, maxExpansion }: ThreadSetup): Promise<DecodedRowsParts> {
  // Reporters and sources belong to the run.
  const elsewhere = { add: (): void => undefined };
  const registry = await loadPlugins({ plugins, builtins }, elsewhere, elsewhere);
  const limits = maxExpansion === null ? {} : { largestExpansion: maxExpansion };
  return { registry, decompress: (source) => decompress(source, limits) };
}

if (parentPort !== null) void main(parentPort, workerData as ThreadSetup);
