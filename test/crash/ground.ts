import type { TestPostgresVersion } from '../support/postgres-server.js';
import { CliSandbox } from '../support/run-cli.js';
import type { Ground } from './campaign.js';
import { EmbeddedModels } from './embedded-stage.js';
import { ExternalServer } from './external-stage.js';
import { SmallDisk } from './full-disk.js';
import { makeWorkloads } from './workloads.js';

/** Prepares servers and files, lets `work` use them, and takes everything away again. */
export async function withGround<T>(
  options: {
    /** Of the external server; default 18. */
    readonly version?: TestPostgresVersion;
    readonly embedded: boolean;
    readonly disk: boolean;
    readonly note: (text: string) => void;
  },
  work: (ground: Ground) => Promise<T>,
): Promise<T> {
  const sandbox = await CliSandbox.create({ covered: false });
  let disk: SmallDisk | undefined;
  let external: ExternalServer | undefined;
  try {
    external = await ExternalServer.start(sandbox, options.version);
    disk = options.disk ? await SmallDisk.mount(sandbox.root, external, options.note) : undefined;
    return await work({
      external,
      disk,
      embedded: options.embedded ? new EmbeddedModels(sandbox) : null,
      workloads: await makeWorkloads(sandbox.root),
      note: options.note,
    });
  } finally {
    // The disk can go only when no server is on it.
    await external?.server.kill('SIGQUIT');
    await disk?.unmount();
    await sandbox.remove();
  }
}
