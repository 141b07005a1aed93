import { archiveFlag, dataFlags } from '../../cli/flags.js';
import { EXIT_CODES } from '../../cli/exit-codes.js';
import { archiveChecksTable } from '../../cli/tables/archive-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { ArchiveVerification } from '../../index.js';

export default class ArchiveVerify extends TickloomCommand {
  static override readonly summary = 'Compare every file of the archive with what was written down when it was bought.';
  static override readonly description = 'Ends with exit code 6 when a file is missing or has changed.';
  static override readonly examples = ['<%= config.bin %> archive verify'];
  static override readonly flags = { ...archiveFlag, ...dataFlags };

  async run(): Promise<ArchiveVerification> {
    const { settings } = await this.called(ArchiveVerify);
    const { dataset, schema } = settings;
    const verification = await this.ask(settings, (tickloom, signal) =>
      tickloom.archive.verify({ dataset, schema }, { signal }),
    );
    await this.printTable(archiveChecksTable(verification));
    if (verification.entries.some(({ status }) => status !== 'ok')) process.exitCode = EXIT_CODES.differs;
    return verification;
  }
}
