import { Args } from '@oclif/core';
import { schemaDetailsTable } from '../../cli/tables/schema-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { SchemaDetails } from '../../index.js';

export default class SchemasShow extends TickloomCommand {
  static override readonly summary = 'Show the fields of a schema: type, column, checks.';
  static override readonly examples = ['<%= config.bin %> schemas show trades'];
  static override readonly args = {
    name: Args.string({ description: 'Schema, e.g. ohlcv-1m.', required: true, ignoreStdin: true }),
  };

  async run(): Promise<SchemaDetails> {
    const { args, settings } = await this.called(SchemasShow);
    const schema = await this.ask(settings, (tickloom) => tickloom.schemas.show(args.name));
    await this.printTable(schemaDetailsTable(schema));
    return schema;
  }
}
