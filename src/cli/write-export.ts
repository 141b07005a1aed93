import { TickloomError } from '../config/errors.js';
import type { Settings } from '../config/settings.js';
import type { ExportFormat, ExportRequest, ExportResult, LeftOut } from '../index.js';
import { refuseDbnOnStdout, stdout, STDOUT } from './dbn-on-stdout.js';
import { jsonText } from './json-text.js';
import { mode, streams } from './session.js';
import { counted } from '../config/counted.js';

const FILE_NAME = /\.(dbn|csv|jsonl)(?:\.zst)?$/i;

/** Why records are not in the output, by their count. */
const REASONS: Readonly<Record<keyof LeftOut, string>> = {
  control: 'control records, which are not kept',
  unsupported: 'records of schemas without a plugin, which are not kept',
  already_loaded: 'records that are rows of earlier chunks',
  superseded: 'records that later chunks replaced',
  other_schemas: 'records of other schemas',
  quarantined: 'quarantined records',
  alias: 'rows of continuous symbols; name the symbols to have them',
  ts_out: 'times of sending (ts_out), which are not kept; the records are there without them',
};

/**
 * Writes an export to its file or to stdout, and says on stderr what it leaves out.
 * @returns the document for `--json`, unless it went out with the records
 */
export async function writeExport(
  settings: Settings,
  call: (request: ExportRequest) => Promise<ExportResult>,
): Promise<ExportResult | undefined> {
  const { schema, dataset, symbols, start, end, chunkId, prettyPx, prettyTs, mapSymbols } = settings;
  const { output = STDOUT } = settings;
  const format = formatOf(settings);
  const wanted = { schema, dataset, symbols, start, end, chunk: chunkId, prettyPx, prettyTs, mapSymbols, format };
  if (output !== STDOUT) {
    const result = await call({ ...wanted, output });
    if (!mode.json) await streams.writeData(`${sentence(result)}\n`);
    notices(result);
    return result;
  }
  const result = mode.json ? await document(wanted, call) : await call({ ...wanted, output: stdout });
  notices(result);
  return undefined;
}

/** @throws USAGE where it cannot be told, or stdout cannot take it */
function formatOf({ format, output = STDOUT }: Settings): ExportFormat {
  const byName = FILE_NAME.exec(output)?.[1]?.toLowerCase() as ExportFormat | undefined;
  const named = format === 'table' ? undefined : format;
  const chosen = named ?? byName ?? (output === STDOUT ? 'csv' : undefined);
  if (chosen === undefined) {
    throw new TickloomError('USAGE', `the name "${output}" does not say what to write`, {
      hint: 'Add --format dbn, csv or jsonl.',
      context: { output },
    });
  }
  if (chosen === 'dbn' && output === STDOUT) refuseDbnOnStdout();
  return chosen;
}

/** The records as a list in one JSON document, with the account behind them, where `count` is how many they are. */
async function document(
  wanted: Omit<ExportRequest, 'output'>,
  call: (request: ExportRequest) => Promise<ExportResult>,
): Promise<ExportResult> {
  let opened = false;
  const decoder = new TextDecoder();
  const write = async (bytes: Uint8Array): Promise<void> => {
    const lines = decoder.decode(bytes).trimEnd().replaceAll('\n', ',\n');
    await streams.writeData(`${opened ? ',' : '{"records":['}\n${lines}`);
    opened = true;
    streams.listOpen = true;
  };
  const result = await call({ ...wanted, format: 'jsonl', output: { write } });
  streams.listOpen = false;
  const { output: _, records: count, ...account } = result;
  await streams.writeData(`${opened ? '' : '{"records":['}],${jsonText({ count, ...account }).slice(1)}\n`);
  return result;
}

function sentence({ output, records, schema, bytes }: ExportResult): string {
  return `${output ?? ''}: ${counted(records, 'record')} of ${schema}, ${counted(bytes, 'byte')}`;
}

function notices({ left_out, from_quarantine, header }: ExportResult): void {
  if (from_quarantine > 0)
    streams.writeNotice(`from quarantine: ${counted(from_quarantine, 'record')}, put back in place`);
  if (!header) streams.writeNotice('without a header, as it came: read it with --dataset, --schema and --dbn-version');
  for (const [kind, reason] of Object.entries(REASONS)) {
    const count = left_out[kind as keyof LeftOut];
    if (count > 0) streams.writeNotice(`left out: ${count} ${reason}`);
  }
}
