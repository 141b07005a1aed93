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

/** Says how to read streams without a header. */
export const fragmentFlags = {
  dataset: Flags.string({ helpValue: '<code>', summary: 'Dataset of fragments, e.g. GLBX.MDP3.' }),
  schema: Flags.string({ helpValue: '<name>', summary: 'Schema of fragments, e.g. trades.' }),
  'dbn-version': Flags.string({ helpValue: '<1|2|3>', summary: 'DBN version of fragments.' }),
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
