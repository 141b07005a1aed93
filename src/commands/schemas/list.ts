import { schemaTable } from '../../cli/tables/schema-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { SchemaSummary } from '../../index.js';

export default class SchemasList extends TickloomCommand {
  static override readonly summary = 'List the schemas that can be loaded, with their plugins and tables.';
  static override readonly examples = ['<%= config.bin %> schemas list'];

  async run(): Promise<SchemaSummary[]> {
    const { settings } = await this.called(SchemasList);
    const schemas = await this.ask(settings, (tickloom) => tickloom.schemas.list());
    await this.printTable(schemaTable(schemas));
    return schemas;
  }
}
