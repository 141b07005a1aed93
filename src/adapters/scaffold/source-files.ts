import { packageFiles } from './package-files.js';
import type { ScaffoldFiles, ScaffoldOrder } from './scaffold-order.js';

const SAMPLE = `# symbol time price size side
ALPHA 2024-01-09T14:30:00Z 10.25 100 B
BETA 2024-01-09T14:30:00.000000001Z -0.125 7 A
ALPHA 2024-01-09T14:31:00Z 10.5 50 B
ALPHA 2024-01-09T14:31:00Z 10.5 50 B
`;

/** The package of a source: it reads a text format of its own into a schema that there is. */
export function sourceFiles(order: ScaffoldOrder): ScaffoldFiles {
  const { name, language } = order;
  const sample = `tickloom ingest --source ${name} sample.txt`;
  /** Kept in TypeScript, left out in JavaScript. */
  const typed: Typed = (text) => (language === 'ts' ? text : '');
  return {
    ...packageFiles(order, { description: `The source ${name} for Tickloom.`, sample }),
    [`src/index.${language}`]: source(name, typed),
    [`src/trade-of.${language}`]: tradeOf(typed),
    [`src/lines.${language}`]: lines(typed),
    [`test/contract.test.${language}`]: TEST,
    'sample.txt': SAMPLE,
    'tickloom.config.yaml': '# For trying the plugin out in this folder.\nplugins: [./]\n',
    'README.md': readme(order),
  };
}

type Typed = (text: string) => string;

const TEST = `import { describe, it } from 'node:test';
import { describeSource } from 'tickloom/testing';
import source from '../src/index.js';

// What every source promises: the same chunks and bytes at every reading, errors that say what to do.
describeSource(source, {
  describe,
  it,
  paths: ['sample.txt'],
  refuses: [{ paths: ['sample.txt'], options: { colour: 'red' } }, { paths: ['no-such-file.txt'] }],
});
`;

function source(name: string, typed: Typed): string {
  return `import { defineSource, recordChunk, TickloomError${typed(', type SourceFile, type SourceRecord')} } from 'tickloom/plugin';
import { lines } from './lines.js';
import { tradeOf } from './trade-of.js';

/** Text files with a trade a line, into the schema trades: a chunk a file. */
export default defineSource({
  name: '${name}',
  description: 'text files with a trade a line: symbol, time, price, size, side',
  create: ({ options, files, schema }) => {
    const { dataset = 'SAMPLE.DATA', ...others } = options;
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      throw new TickloomError('SOURCE_OPTION_INVALID', \`source option "\${unknown}" is not known; known: dataset\`, {
        hint: 'Leave it out.',
      });
    }
    return {
      plan: async () =>
        (await files(['.txt'])).map((file) =>
          recordChunk({
            source: file.source,
            repeatable: file.repeatable,
            dataset: String(dataset),
            schema: schema('trades'),
            records: (signal) => trades(file, signal),
          }),
        ),
    };
  },
});

async function* trades(file${typed(': SourceFile')}, signal${typed(': AbortSignal')})${typed(': AsyncGenerator<SourceRecord>')} {
  let sequence = 0;
  for await (const { text, line } of lines(file.open(signal))) {
    if (text === '' || text.startsWith('#')) continue;
    yield tradeOf(text, { source: file.source, line, sequence: sequence++ });
  }
}
`;
}

function tradeOf(typed: Typed): string {
  return `import { parseDecimal, parseTimestamp, TickloomError${typed(', type SourceRecord')} } from 'tickloom/plugin';
${typed(`
interface Place {
  readonly source: string;
  readonly line: number;
  readonly sequence: number;
}
`)}
/**
 * The record that a line is: every field of the schema's model, prices in 1e-9 and times in ns, read without a float.
 * What breaks a check later is quarantined; what is no record at all fails its file here, and nothing of it is loaded.
 */
export function tradeOf(text${typed(': string')}, { source, line, sequence }${typed(': Place')})${typed(': SourceRecord')} {
  const [symbol = '', time = '', priceText = '', sizeText = '', side = 'N'] = text.split(' ');
  const ts = parseTimestamp(time, 'iso');
  const price = parseDecimal(priceText, 9);
  if (symbol === '' || ts === undefined || price === undefined || !/^\\d{1,9}$/.test(sizeText)) {
    throw new TickloomError('LINE_INVALID', \`"\${source}" line \${line}: is no trade, found "\${text}"\`, {
      hint: 'Write: symbol time price size side.',
      context: { source, line },
    });
  }
  return {
    symbol,
    publisher_id: 1,
    ts_event: ts,
    ts_recv: ts,
    price,
    size: Number(sizeText),
    action: 'T',
    side,
    flags: 0,
    depth: 0,
    ts_in_delta: 0,
    sequence,
  };
}
`;
}

function lines(typed: Typed): string {
  return `/** The lines of a text in UTF-8, counted from 1. */
export async function* lines(bytes${typed(': AsyncIterable<Uint8Array>')})${typed(': AsyncGenerator<{ text: string; line: number }>')} {
  const utf8 = new TextDecoder('utf-8');
  let rest = '';
  let line = 0;
  for await (const piece of bytes) {
    const texts = (rest + utf8.decode(piece, { stream: true })).split(/\\r?\\n/);
    rest = texts.pop() ?? '';
    for (const text of texts) yield { text, line: ++line };
  }
  if (rest !== '') yield { text: rest, line: ++line };
}
`;
}

function readme({ name, language }: ScaffoldOrder): string {
  const build = language === 'ts' ? 'npm run build      # TypeScript to dist/\n' : '';
  return `# tickloom-plugin-${name}

The source \`${name}\` for Tickloom: text files with a trade a line, into the schema \`trades\`. \`src/trade-of.${language}\` says how a line becomes a
record; the checks, the ledger and the quarantine are Tickloom's.

\`\`\`sh
npm install
${build}npm test           # the contract suite of tickloom/testing
npm run sample     # loads sample.txt
npx tickloom query "select symbol, ts_event, price, size from trades order by ordinal"
\`\`\`

Somewhere else it is used once its config has \`plugins: [path/to/this/folder]\`, or after \`tickloom plugins link path/to/this/folder\`:
\`tickloom ingest --source ${name} --source-option dataset=MY.DATA FILE…\`.
`;
}
