import { getMetadataStorage } from '../core/validation/class-validator-parts.js';
import {
  ChunkIntervals,
  CountOrWord,
  DbSchemaName,
  Dollars,
  IdOrWord,
  List,
  Moment,
  NumberOrShare,
  OneOf,
  SomeOf,
  Span,
  Text,
  WholeNumber,
  Words,
  YesOrNo,
} from './setting-checks.js';
import { BAR_LENGTHS, type BarLength } from '../core/storage/bar-length.js';
import { STORAGE_KINDS, type StorageKind } from '../core/storage/storage-kind.js';
import { toFlagName } from './setting-names.js';

/**
 * Everything that can be set, by flag, by variable or in a config file. A command uses a part of it; what is not set
 * is `undefined`, and the engine's own defaults hold.
 */
export class Settings {
  // where
  @Text('a PostgreSQL URL, or "embedded"') database?: string;
  @DbSchemaName() dbSchema?: string;
  @Text('a folder') home?: string;

  // the API, and what may be spent
  @Text('the name of an API, e.g. "databento"') api?: string;
  @Text('a URL') gateway?: string;
  @Text('a file') apiKeyFile?: string;
  @Text('a folder') archive?: string;
  @Dollars() maxCost?: string;
  @Dollars() maxUnattendedCost?: string;
  @YesOrNo() yes?: boolean;
  @YesOrNo() refetch?: boolean;
  @YesOrNo() withDefinitions?: boolean;
  @Text('the name of a job') job?: string;

  // batch jobs
  @Text('the id of a batch job') batch?: string;
  @OneOf('day', 'week', 'month', 'year', 'none') splitDuration?: 'day' | 'week' | 'month' | 'year' | 'none';
  @YesOrNo() splitSymbols?: boolean;
  @WholeNumber(1_000_000_000, 10_000_000_000) splitSize?: number;
  @List() states?: string[];
  @Moment() since?: string;

  // a source of a plugin
  @Text('the name of a source, e.g. "csv"') source?: string;
  @List() sourceOption?: string[];

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
  @CountOrWord(64, 'auto') workers?: number | 'auto';
  @WholeNumber(1) maxExpansion?: number;
  @OneOf('brin', 'btree', 'none') index?: 'brin' | 'btree' | 'none';
  @OneOf(...STORAGE_KINDS) storage?: StorageKind;
  @ChunkIntervals() chunkInterval?: string[];
  @Span() compressAfter?: string;
  @SomeOf(...BAR_LENGTHS) bars?: BarLength[];
  @WholeNumber(0, 2_000_000) lockTimeout?: number;
  @OneOf('continue', 'stop') onError?: 'continue' | 'stop';
  @NumberOrShare() maxRejected?: string;

  // which data
  @Text('a dataset, e.g. "GLBX.MDP3"') dataset?: string;
  @Words('a schema, e.g. "trades"') schema?: string;
  @List() symbols?: string[];
  @OneOf('raw_symbol', 'instrument_id', 'parent', 'continuous')
  stypeIn?: 'raw_symbol' | 'instrument_id' | 'parent' | 'continuous';
  @WholeNumber(1, 3) dbnVersion?: 1 | 2 | 3;
  @Moment() start?: string;
  @Moment() end?: string;
  @WholeNumber(1) limit?: number;
  @OneOf('open', 'replayed', 'dropped') state?: 'open' | 'replayed' | 'dropped';
  @OneOf('instrument_id', 'raw_symbol') stypeOut?: 'instrument_id' | 'raw_symbol';
  @IdOrWord('auto', 'day', 'week', 'month', 'none') chunk?: number | 'auto' | 'day' | 'week' | 'month' | 'none';

  /** Where a command takes a chunk by its id. */
  get chunkId(): number | undefined {
    return typeof this.chunk === 'number' ? this.chunk : undefined;
  }

  /** How large the chunks of a request are to be. */
  get chunkSize(): 'auto' | 'day' | 'week' | 'month' | 'none' | undefined {
    return typeof this.chunk === 'number' ? undefined : this.chunk;
  }
  @Text('the id of a run, or a beginning of it') run?: string;
  @YesOrNo() deep?: boolean;
  @YesOrNo() stale?: boolean;
  @Text('the name of a plugin') plugin?: string;
  @Text('a sentence') reason?: string;

  // how it prints
  @OneOf('table', 'csv', 'jsonl', 'dbn') format?: 'table' | 'csv' | 'jsonl' | 'dbn';
  @YesOrNo() metadata?: boolean;
  @YesOrNo() prettyPx?: boolean;
  @YesOrNo() prettyTs?: boolean;
  @YesOrNo() mapSymbols?: boolean;
  @Text('a file') output?: string;

  // a plugin's scaffold
  @OneOf('ts', 'js') language?: 'ts' | 'js';

  // synthetic data
  @WholeNumber(0) records?: number;
  @WholeNumber(1, 1_000_000) instruments?: number;
  @WholeNumber(1, 36_500) days?: number;
  @WholeNumber(0, 0xffff_ffff) seed?: number;
}

/** Settings that no command has a flag for: what each is for. They hold for all commands. */
export const FLAGLESS_SETTINGS: Readonly<Record<string, string>> = {
  home: 'Where the embedded database, its server and the archive live. [default: .tickloom]',
  plugins: 'Plugins to load: paths, from the config file or the working directory, and names of packages.',
  builtins: 'Whether the bundled schemas are there. [default: true]',
  'max-expansion': 'How many times its size a zstd stream may grow to before it is refused as a bomb. [default: 1000]',
  'max-unattended-cost':
    'US dollars that a run may spend with nobody there to ask, and without --max-cost. [default: 5]',
};

/** Settings that no flag of the command has to name: they hold for all. */
export const COMMON_SETTINGS: readonly string[] = [
  ...Object.keys(FLAGLESS_SETTINGS),
  'json',
  'verbose',
  'archive',
  // The first command that needs the tables makes them, whichever it is.
  'storage',
  'chunk-interval',
];

/** All settings, named as flags. */
export function settingNames(): readonly string[] {
  const checks = getMetadataStorage().getTargetValidationMetadatas(Settings, '', false, false);
  return [...new Set(checks.map(({ propertyName }) => toFlagName(propertyName)))];
}
