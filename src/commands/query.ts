import { Args, Flags } from '@oclif/core';
import { databaseFlags } from '../cli/flags.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import { writeRows } from '../cli/write-rows.js';

/** What begins as a comment of SQL does, and no flag: behind the dashes comes a space, or a line that ends. */
const COMMENT = /^--(\s|[^=\n]*\n)/;

export default class Query extends TickloomCommand {
  static override readonly summary = 'Run read-only SQL and print its rows.';
  static override readonly description =
    'With --json the rows are one document, { "columns": [ { "name", "type" } … ], "rows": [ { … } … ] }. In JSON, integers, floats, booleans and json are themselves; everything else is the text that PostgreSQL prints, numeric included, so that no price goes through a float.';
  static override readonly examples = [
    '<%= config.bin %> query "select 1 as one"',
    'Trades by symbol:\n<%= config.bin %> query "select symbol, count(*), sum(size) from trades group by symbol"',
    'Rows for another program:\n<%= config.bin %> query --format csv "select * from symbology order by start_date"',
  ];
  static override readonly args = {
    sql: Args.string({ description: 'One statement that only reads.', required: true, ignoreStdin: true }),
  };
  static override readonly flags = {
    ...databaseFlags,
    format: Flags.string({ options: ['table', 'csv', 'jsonl'], summary: 'Form of the rows. [default: table]' }),
  };

  async run(): Promise<void> {
    // a query may begin with a comment, which the parser would take for a flag
    this.argv = this.argv.map((word) => (COMMENT.test(word) ? `\n${word}` : word));
    const { args, settings } = await this.called(Query);
    const result = await this.ask(settings, (tickloom, signal) => tickloom.query(args.sql, { signal }));
    const { format = 'table' } = settings;
    // the flag has no such word, so the settings have none either
    await writeRows(result, format === 'dbn' ? 'table' : format);
  }
}
