import { Flags } from '@oclif/core';

/*
 * Flags that several commands share. All are text or switches without a default: numbers, lists and words are checked
 * and defaults applied after flags, environment and config files are merged.
 */

export const databaseFlags = {
  database: Flags.string({
    helpValue: '<url>',
    summary:
      'PostgreSQL URL, or "embedded" for the server that Tickloom brings. [default: the environment, then embedded]',
  }),
  'db-schema': Flags.string({
    helpValue: '<name>',
    summary: 'Postgres schema that everything lives in. [default: tickloom]',
  }),
};

/** How data tables are kept. */
export const storageFlags = {
  storage: Flags.string({
    options: ['auto', 'plain', 'timescale'],
    summary:
      'New tables: hypertables where the database has TimescaleDB, plain, or hypertables or nothing. [default: auto]',
  }),
  'chunk-interval': Flags.string({
    helpValue: '<schema=span,…>',
    summary: 'Time that a partition of a new hypertable spans, e.g. trades=12h,ohlcv-1m=4w. [default: by schema]',
  }),
  'compress-after': Flags.string({
    helpValue: '<span>',
    summary: 'Compress partitions of hypertables whose end is so old, e.g. 7d, and go on so. [default: never]',
  }),
  bars: Flags.string({
    helpValue: '<1s,1m,1h,1d>',
    summary: 'Keep bars of these lengths of the trades, as views bars_1m …, also in later runs. [default: none]',
  }),
};

/** Says how to read streams without a header. */
export const fragmentFlags = {
  dataset: Flags.string({ helpValue: '<code>', summary: 'Dataset of fragments, e.g. GLBX.MDP3.' }),
  schema: Flags.string({ helpValue: '<name>', summary: 'Schema of fragments, e.g. trades.' }),
  'dbn-version': Flags.string({ helpValue: '<1|2|3>', summary: 'DBN version of fragments.' }),
};

/** How the API is reached, and where what was bought is kept. */
export const accessFlags = {
  gateway: Flags.string({
    helpValue: '<url>',
    summary:
      'Another address of the API; plain http on this machine only. [default: the variable DATABENTO_GATEWAY, then the API itself]',
  }),
  'api-key-file': Flags.string({
    helpValue: '<file>',
    summary: 'File with the API key. [default: the variable DATABENTO_API_KEY]',
  }),
};

export const archiveFlag = {
  archive: Flags.string({
    helpValue: '<folder>',
    summary: 'Where bought bytes are kept. [default: .tickloom/archive]',
  }),
};

/** What is asked of an API. Dataset and schema are the same flags that fragments have. */
export const requestFlags = {
  api: Flags.string({ helpValue: '<name>', summary: 'Get the data from this API: databento, or one of a plugin.' }),
  dataset: Flags.string({ helpValue: '<code>', summary: 'Dataset, e.g. GLBX.MDP3; with files: of fragments.' }),
  schema: Flags.string({
    helpValue: '<a,b>',
    summary: 'Schema, e.g. trades, or several separated by commas; with files: of fragments.',
  }),
  symbols: Flags.string({
    helpValue: '<a,b>',
    summary: 'Symbols, separated by commas, e.g. ES.c.0,NQ.c.0; ALL_SYMBOLS is all of them.',
  }),
  'stype-in': Flags.string({
    options: ['raw_symbol', 'instrument_id', 'parent', 'continuous'],
    summary: 'How the symbols are to be read. [default: as they look]',
  }),
  start: Flags.string({
    aliases: ['start-date'],
    helpValue: '<time>',
    summary: 'First index timestamp: a day, a time, or ns; UTC. Also --start-date.',
  }),
  end: Flags.string({
    aliases: ['end-date'],
    helpValue: '<time>',
    summary: 'Index timestamp to end before. Also --end-date. [default: the day, month … that start names]',
  }),
  limit: Flags.string({ helpValue: '<n>', summary: 'Most records of the whole request.' }),
  chunk: Flags.string({
    options: ['auto', 'day', 'week', 'month', 'none'],
    summary: 'How much is asked for at a time. [default: auto, days of up to 256 MiB]',
  }),
  'with-definitions': Flags.boolean({ allowNo: true, summary: 'Get the definitions of what is asked for as well.' }),
  job: Flags.string({ helpValue: '<name>', summary: 'Take the request from "jobs:" in the config file.' }),
  ...accessFlags,
  ...archiveFlag,
};

/** A batch job instead of paths and request. */
export const batchFlag = {
  batch: Flags.string({
    helpValue: '<id>',
    summary: 'A batch job of the account; what is missing of its files is downloaded, for nothing.',
  }),
};

/** Reads with another source than DBN files. */
export const sourceFlags = {
  source: Flags.string({
    helpValue: '<name>',
    summary:
      'Read the paths with this source: csv, jsonl, one of a plugin, or an entry of "sources:" in the config file.',
  }),
  'source-option': Flags.string({
    helpValue: '<k=v,…>',
    summary: 'Options of the source, separated by commas; a.b=v sets b of a.',
  }),
};

/** What may be spent. */
export const moneyFlags = {
  'max-cost': Flags.string({ helpValue: '<usd>', summary: 'Refuse the whole run when it is estimated to cost more.' }),
  yes: Flags.boolean({
    allowNo: true,
    summary: 'Buy without asking, and replace also by nothing where --force says so.',
  }),
};

/** How the files of a batch job are cut. */
export const splitFlags = {
  'split-duration': Flags.string({
    options: ['day', 'week', 'month', 'year', 'none'],
    summary: 'A file for each of these. [default: day]',
  }),
  'split-symbols': Flags.boolean({ allowNo: true, summary: 'A file for each symbol; not with ALL_SYMBOLS.' }),
  'split-size': Flags.string({ helpValue: '<bytes>', summary: 'Largest size of a file: 1000000000 to 10000000000.' }),
};

/** Narrows a listing to some of the data. */
export const dataFlags = {
  dataset: Flags.string({ helpValue: '<code>', summary: 'Only this dataset.' }),
  schema: Flags.string({ helpValue: '<name>', summary: 'Only this schema.' }),
};

/** Narrows what is in quarantine. */
export const entryFlags = {
  chunk: Flags.string({ helpValue: '<id>', summary: 'Only records of this chunk.' }),
  plugin: Flags.string({ helpValue: '<name>', summary: 'Only records that this plugin rejected.' }),
};

export const limitFlag = (summary: string) => Flags.string({ helpValue: '<n>', summary });
