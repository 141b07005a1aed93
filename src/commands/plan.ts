import { Flags } from '@oclif/core';
import { apiRequest } from '../cli/api-request.js';
import { databaseFlags, requestFlags } from '../cli/flags.js';
import { streams } from '../cli/session.js';
import { requestPlanTables } from '../cli/tables/request-plan-table.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import type { PlanReport } from '../index.js';

export default class Plan extends TickloomCommand {
  static override readonly summary = 'Show what an ingest of a request would do, and what it would cost. Buys nothing.';
  static override readonly description =
    'Takes the flags of "ingest --api". Each part of the request is in the database already, in the archive, empty, or to be bought; the cost, size and number of records come from the API, which gives them for nothing.';
  static override readonly examples = [
    '<%= config.bin %> plan --dataset GLBX.MDP3 --schema trades --symbols ES.c.0 --start 2024-01-08 --end 2024-01-13',
    'As JSON, for a job of the config file:\n<%= config.bin %> plan --job es-trades --json',
  ];
  static override readonly flags = {
    ...databaseFlags,
    ...requestFlags,
    force: Flags.boolean({ allowNo: true, summary: 'Plan to replace what is held, from the archive where it has it.' }),
    refetch: Flags.boolean({ allowNo: true, summary: 'Plan to buy again what the archive has.' }),
  };

  async run(): Promise<PlanReport> {
    const { settings } = await this.called(Plan);
    const { force, refetch } = settings;
    const request = apiRequest(settings);
    const report = await this.ask(settings, (tickloom, signal) =>
      tickloom.plan({ request, force, refetch }, { signal }),
    );
    for (const note of report.notes) streams.writeNotice(note);
    await this.printTable(...requestPlanTables(report));
    return report;
  }
}
