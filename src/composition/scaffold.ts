import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DependencyContainer } from 'tsyringe';
import { schemaFiles, sourceFiles, tableName, writeScaffold } from '../adapters/scaffold/index.js';
import { TickloomError } from '../core/errors/index.js';
import { CORE_TABLES } from '../core/registry/plugin-registry.js';
import type { ScaffoldRequest, ScaffoldResult } from './scaffold-request.js';
import { tickloomDependency } from './tickloom-dependency.js';
import { PARTS } from './tokens.js';

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const PACKAGE_ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** With `tickloom-plugin-` before it, and the table behind it, within all limits. */
const LONGEST_NAME = 50;

/**
 * Writes the package of a plugin.
 * @throws USAGE for a name that cannot be one, SCHEMA_CLASH for one that is taken, OUTPUT_UNWRITABLE
 */
export async function scaffold(parts: DependencyContainer, request: ScaffoldRequest): Promise<ScaffoldResult> {
  const { kind, name, folder = name, language = 'ts' } = request;
  if (!NAME.test(name) || name.length > LONGEST_NAME) {
    throw new TickloomError(
      'USAGE',
      `"${name}" cannot name a ${kind}: needed are up to ${LONGEST_NAME} of a-z, 0-9 and single hyphens, a letter first`,
      { hint: `Choose a name such as ${suggestion(name) ?? 'my-ticks'}.`, context: { name } },
    );
  }
  const taken = await takenBy(parts, kind, name);
  if (taken !== undefined) {
    throw new TickloomError('SCHEMA_CLASH', `the ${kind} name "${name}" is taken: ${taken}`, {
      hint: 'Choose another name.',
      context: { name },
    });
  }
  const order = { name, language, tickloom: tickloomDependency(resolve(folder), PACKAGE_ROOT) };
  const files = await writeScaffold(folder, (kind === 'schema' ? schemaFiles : sourceFiles)(order));
  const next = [`cd ${folder}`, 'npm install', 'npm test', 'npm run sample'];
  return { folder, package: `tickloom-plugin-${name}`, files, next };
}

function suggestion(name: string): string | undefined {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();
  const usable = words.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^[-0-9]+|-+$/g, '');
  return NAME.test(usable) && usable.length <= LONGEST_NAME ? usable : undefined;
}

/** Who has a name, in words. */
async function takenBy(
  parts: DependencyContainer,
  kind: ScaffoldRequest['kind'],
  name: string,
): Promise<string | undefined> {
  const registry = await parts.resolve(PARTS.registry);
  if (kind === 'source') {
    const sources = parts.resolve(PARTS.sources);
    const names = [...sources.names('paths'), ...sources.names('query')];
    return names.includes(name) ? 'there is a source of that name' : undefined;
  }
  const table = tableName(name);
  if (CORE_TABLES.includes(table)) return `the table "${table}" is the core's own`;
  const other = registry.list().find((schema) => schema.name === name || schema.table.name === table);
  return other === undefined ? undefined : `plugin "${other.plugin.name}" (${other.origin}) serves "${other.name}"`;
}
