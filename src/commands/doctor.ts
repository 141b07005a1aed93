import { accessFlags, archiveFlag, databaseFlags } from '../cli/flags.js';
import { diagnose, exitCodeOfChecks } from '../cli/diagnose.js';
import { doctorTable } from '../cli/tables/doctor-table.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import type { DoctorCheck } from '../index.js';

export default class Doctor extends TickloomCommand {
  static override readonly summary =
    'Check what Tickloom needs: Node, zstd, API key, archive, server, database, config.';
  static override readonly description =
    'A key is shown to the Historical API if there is one, which costs nothing; it is never printed.';
  static override readonly examples = ['<%= config.bin %> doctor'];
  static override readonly flags = { ...databaseFlags, ...accessFlags, ...archiveFlag };

  async run(): Promise<DoctorCheck[]> {
    const { settings, files } = await this.called(Doctor);
    const checks = await this.ask(settings, (tickloom, signal) => diagnose(tickloom, files, signal));
    await this.printTable(doctorTable(checks));
    process.exitCode = exitCodeOfChecks(checks);
    return checks;
  }
}
