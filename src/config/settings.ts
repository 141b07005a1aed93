import { getMetadataStorage } from 'class-validator';
import { List, Moment, NumberOrShare, OneOf, Text, TextMatching, WholeNumber, YesOrNo } from './setting-checks.js';
import { toFlagName } from './setting-names.js';

/**
 * Everything that can be set, by flag, by variable or in a config file. A command uses a part of it; what is not set
 * is `undefined`, and the engine's own defaults hold.
 */
export class Settings {
  // where
  @Text('a PostgreSQL URL, or "embedded"') database?: string;
  @TextMatching(/^[^\0]{1,63}$/, 'the name of a Postgres schema, 1 to 63 characters') dbSchema?: string;
  @Text('a folder') home?: string;

  // with what
  @List() plugins?: string[];
  @YesOrNo() builtins?: boolean;

  // how it talks
  @YesOrNo() json?: boolean;
  @YesOrNo() verbose?: boolean;
  @YesOrNo() quiet?: boolean;
  @Text('the name of a reporter') progress?: string;

  // how it loads
  @YesOrNo() force?: boolean;
  @YesOrNo() dryRun?: boolean;
  @WholeNumber(1, 64) concurrency?: number;
  @OneOf('brin', 'btree', 'none') index?: 'brin' | 'btree' | 'none';
  @OneOf('continue', 'stop') onError?: 'continue' | 'stop';
  @NumberOrShare() maxRejected?: string;

  // which data
  @Text('a dataset, e.g. "GLBX.MDP3"') dataset?: string;
  @Text('a schema, e.g. "trades"') schema?: string;
  @List() symbols?: string[];
  @WholeNumber(1, 3) dbnVersion?: 1 | 2 | 3;
  @Moment() start?: string;
  @Moment() end?: string;
  @WholeNumber(1) limit?: number;
  @OneOf('open', 'replayed', 'dropped') state?: 'open' | 'replayed' | 'dropped';
  @WholeNumber(1) chunk?: number;
  @Text('the id of a run, or a beginning of it') run?: string;
  @YesOrNo() deep?: boolean;
  @Text('the name of a plugin') plugin?: string;
  @Text('a sentence') reason?: string;
  @YesOrNo() yes?: boolean;

  // how it prints
  @OneOf('table', 'csv', 'jsonl', 'dbn') format?: 'table' | 'csv' | 'jsonl' | 'dbn';
  @YesOrNo() metadata?: boolean;
  @YesOrNo() prettyPx?: boolean;
  @YesOrNo() prettyTs?: boolean;
  @YesOrNo() mapSymbols?: boolean;
  @Text('a file') output?: string;

  // synthetic data
  @WholeNumber(0) records?: number;
  @WholeNumber(1, 1_000_000) instruments?: number;
  @WholeNumber(1, 36_500) days?: number;
  @WholeNumber(0, 0xffff_ffff) seed?: number;
}

/** Settings that no flag of the command has to name: they hold for all. */
export const COMMON_SETTINGS: readonly string[] = ['home', 'plugins', 'builtins', 'json', 'verbose'];

/** All settings, named as flags. */
export function settingNames(): readonly string[] {
  const checks = getMetadataStorage().getTargetValidationMetadatas(Settings, '', false, false);
  return [...new Set(checks.map(({ propertyName }) => toFlagName(propertyName)))];
}
