import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { DecodeRequest, MetadataJson, SampleRequest, Tickloom } from '../index.js';
import type { Settings } from '../config/settings.js';
import { STDOUT } from './dbn-on-stdout.js';
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

/** Writes the records of a sample to stdout as the one document of `--json`, which its DBN cannot be in. */
export async function writeSampled(
  tickloom: Tickloom,
  what: Omit<SampleRequest, 'output'>,
  signal: AbortSignal,
): Promise<void> {
  const pipe = new PassThrough();
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (!pipe.write(bytes)) await once(pipe, 'drain', { signal });
  };
  const made = tickloom.sample({ ...what, output: { write } }, { signal }).then(() => void pipe.end());
  const lines = tickloom.decode({ path: STDOUT, stdin: pipe, format: 'jsonl' }, { signal });
  await Promise.all([made, writeLines(jsonList({}, 'records', listed(lines)))]);
}

/** Each block of lines as items of a JSON list. */
async function* listed(blocks: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const block of blocks) yield block.trimEnd().replaceAll('\n', ',\n');
}
