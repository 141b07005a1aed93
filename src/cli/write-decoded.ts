import type { DecodeRequest, MetadataJson, Tickloom } from '../index.js';
import type { Settings } from '../config/settings.js';
import { jsonList } from './json-list.js';
import { jsonText } from './json-text.js';
import { interrupts, mode, streams } from './session.js';
import { writeLines } from './write-lines.js';

/**
 * Writes the records of a stream to stdout, no faster than they are read.
 * @returns a document that remains to be printed: the header, when `--json` and `--metadata` ask for it.
 */
export async function writeDecoded(
  tickloom: Tickloom,
  input: Pick<DecodeRequest, 'path' | 'stdin'>,
  settings: Settings,
): Promise<MetadataJson | undefined> {
  const { signal } = interrupts;
  if (settings.metadata === true) {
    const { metadataToJson } = await import('../index.js');
    const document = metadataToJson(await tickloom.metadata(input, { signal }), settings);
    if (mode.json) return document;
    await streams.writeData(`${jsonText(document, 2)}\n`);
    return undefined;
  }
  const { dataset, schema, dbnVersion, prettyPx, prettyTs, mapSymbols, limit } = settings;
  const format = mode.json || settings.format === 'jsonl' ? 'jsonl' : 'csv';
  const request = { ...input, format, dataset, schema, dbnVersion, prettyPx, prettyTs, mapSymbols, limit } as const;
  const lines = tickloom.decode(request, { signal });
  await writeLines(mode.json ? jsonList({}, 'records', listed(lines)) : lines);
  return undefined;
}

/** Each block of lines as items of a JSON list. */
async function* listed(blocks: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const block of blocks) yield block.trimEnd().replaceAll('\n', ',\n');
}
