import type { DependencyContainer } from 'tsyringe';
import { RecordExport } from '../core/export/record-export.js';
import { writeOutputFile } from './output-file.js';
import { openStores } from './stores.js';
import type { ByteSink, ExportRequest, ExportResult } from './tickloom.js';
import { PARTS } from './tokens.js';

/** Refuses what is wrong before anything is opened; then takes the records out in one transaction that only reads. */
export async function exportRecords(
  parts: DependencyContainer,
  request: ExportRequest,
  signal?: AbortSignal,
): Promise<ExportResult> {
  const { output } = request;
  const registry = await parts.resolve(PARTS.registry);
  RecordExport.check(registry, request);
  const { export: store } = await openStores(parts, ['export'], { signal });
  const session = await store.begin(signal);
  try {
    const records = await RecordExport.prepare(session, registry, request);
    const bytes =
      typeof output === 'string'
        ? await writeOutputFile(output, records.bytes(), signal)
        : await writeTo(output, records.bytes());
    return { output: typeof output === 'string' ? output : null, ...records.account, bytes };
  } finally {
    await session.close();
  }
}

async function writeTo(sink: ByteSink, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let written = 0;
  for await (const piece of pieces) {
    await sink.write(piece);
    written += piece.byteLength;
  }
  return written;
}
