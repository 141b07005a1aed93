import { TickloomError } from '../config/errors.js';
import { toFlagName } from '../config/setting-names.js';
import type { Settings } from '../config/settings.js';

/**
 * The settings that a command cannot do without. The parser cannot ask for them: they may come from a config file.
 * @throws USAGE, naming the first that is missing.
 */
export function required<K extends keyof Settings>(settings: Settings, ...names: K[]): Required<Pick<Settings, K>> {
  const missing = names.find((name) => settings[name] === undefined);
  if (missing === undefined) return settings as unknown as Required<Pick<Settings, K>>;
  const flag = `--${toFlagName(missing)}`;
  throw new TickloomError('USAGE', `${flag} is missing`, {
    hint: `Add ${flag}, or set it in a config file.`,
    context: { setting: toFlagName(missing) },
  });
}
