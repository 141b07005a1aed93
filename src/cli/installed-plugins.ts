import type { Config } from '@oclif/core';
import { isTickloomError, TickloomError } from '../config/errors.js';

/** A package that came with `tickloom plugins install` or `link`, and says that it holds plugins of ours. */
export interface InstalledPlugin {
  readonly name: string;
  /** Its folder. */
  readonly root: string;
  /** True when it was linked, and so is somebody's work in progress. */
  readonly linked: boolean;
}

export function installedPlugins(config: Config): InstalledPlugin[] {
  return config.getPluginsList().flatMap(({ name, root, type, pjson }) => {
    const { tickloom } = pjson as { tickloom?: { plugins?: unknown } };
    return tickloom?.plugins === undefined ? [] : [{ name, root, linked: type === 'link' }];
  });
}

/** An error that one of these plugins brings to every command also says how to be rid of the plugin. */
export function withWayOut(error: unknown, plugins: readonly InstalledPlugin[]): unknown {
  if (!isTickloomError(error)) return error;
  const { code, message, context } = error;
  const plugin = plugins.find(({ root }) => root === context['origin']);
  if (plugin === undefined) return error;
  const command = `tickloom plugins ${plugin.linked ? 'unlink' : 'uninstall'} ${plugin.name}`;
  const hint = [error.hint, `To go on without the plugin, run "${command}".`].filter((text) => text !== undefined);
  return new TickloomError(code, message, { hint: hint.join(' '), context, cause: error });
}
