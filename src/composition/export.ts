import type { DependencyContainer } from 'tsyringe';
import { RecordExport } from '../core/export/record-export.js';
import { openStores } from './stores.js';
import type { ExportRequest, ExportResult } from './tickloom.js';
import { PARTS } from './tokens.js';
import { writeOutput } from './write-output.js';

/** Refuses what is wrong before anything is opened; then takes the records out in one transaction that only reads. */
export async function exportRecords(
  parts: DependencyContainer,
  request: ExportRequest,
  signal?: AbortSignal,
): Promise<ExportResult> {
  const registry = await parts.resolve(PARTS.registry);
  RecordExport.check(registry, request);
  const { export: store } = await openStores(parts, ['export'], { signal });
  const session = await store.begin(signal);
  try {
    const records = await RecordExport.prepare(session, registry, request);
    const { output, bytes } = await writeOutput(request.output, records.bytes(), signal);
    return { output, ...records.account, bytes };
  } finally {
    await session.close();
  }
}
