import { packageFiles } from './package-files.js';
import { tableName, type ScaffoldFiles, type ScaffoldOrder } from './scaffold-order.js';

/** Record types that the format gives to nothing. */
const FREE_RTYPES = { first: 0xd0, count: 32 } as const;
/** Names that a model of these files cannot have, because it imports them. */
const TAKEN = ['MarketRecord'];

const SAMPLE = `symbol,time,low,high,volume,kind
ALPHA,2024-01-09T14:30:00Z,10.25,10.5,100,N
BETA,2024-01-09T14:30:00.000000001Z,-0.125,0.125,7,N
ALPHA,2024-01-09T14:31:00Z,10.5,10.75,50,N
ALPHA,2024-01-09T14:31:00Z,10.5,10.75,50,N
BETA,2024-01-09T14:32:00Z,,,0,C
`;

/** The package of a schema plugin: a model, the plugin, its suite, a sample and how it is read. */
export function schemaFiles(order: ScaffoldOrder): ScaffoldFiles {
  const { name, language } = order;
  const ts = language === 'ts';
  const sample = 'tickloom ingest --source sample sample.csv';
  return {
    ...packageFiles(order, { description: `The schema ${name} for Tickloom.`, sample }),
    [`src/record.${language}`]: ts ? modelWithDecorators(name) : plainModel(name),
    [`src/index.${language}`]: plugin(name),
    [`test/contract.test.${language}`]: TEST,
    'sample.csv': SAMPLE,
    'tickloom.config.yaml': config(name),
    'README.md': readme(order),
  };
}

const TEST = `import { describe, it } from 'node:test';
import { describeSchemaPlugin } from 'tickloom/testing';
import plugin from '../src/index.js';

// What every schema plugin promises: rows that hold the very values of the records, reasons for what is rejected.
describeSchemaPlugin(plugin, { describe, it });
`;

function modelWithDecorators(name: string): string {
  return `import { Char, IsNotBelow, MarketRecord, Price, Record, Uint32 } from 'tickloom/plugin';

/**
 * One record of ${name}. Its header (publisher_id, instrument_id, ts_event) is there already; the fields follow in the order
 * of their bytes, and each is a column of its name.
 */
@Record({ indexTimestamp: 'ts_event' })
export class ${modelName(name)} extends MarketRecord {
  @Price({ description: 'Lowest price.' })
  low!: bigint | null;

  @IsNotBelow('low')
  @Price({ description: 'Highest price; a record in which it is below the low is quarantined.' })
  high!: bigint | null;

  @Uint32({ description: 'How much was traded.' })
  volume!: number;

  @Char({ description: 'Kind of record: N new, C closing.' })
  kind!: string | null;
}
`;
}

function plainModel(name: string): string {
  return `import { defineRecord, IsNotBelow } from 'tickloom/plugin';

/**
 * One record of ${name}. Its header (publisher_id, instrument_id, ts_event) is there already; the fields follow in the order
 * of their bytes, and each is a column of its name.
 */
export const ${modelName(name)} = defineRecord({
  name: '${modelName(name)}',
  indexTimestamp: 'ts_event',
  fields: {
    low: { type: 'price', description: 'Lowest price.' },
    high: {
      type: 'price',
      description: 'Highest price; a record in which it is below the low is quarantined.',
      checks: [IsNotBelow('low')],
    },
    volume: { type: 'uint32', description: 'How much was traded.' },
    kind: { type: 'char', description: 'Kind of record: N new, C closing.' },
  },
});
`;
}

function plugin(name: string): string {
  return `import { defineSchemaPlugin } from 'tickloom/plugin';
import { ${modelName(name)} } from './record.js';

export default defineSchemaPlugin({
  name: '${name}',
  version: '0.1.0',
  apiVersion: 1,
  description: 'Say in one sentence what ${name} are.',
  // The record type is a number that neither DBN nor another plugin of the same Tickloom has: 0xd0 to 0xef are free.
  schemas: [{ name: '${name}', rtype: 0x${rtypeOf(name).toString(16)}, table: '${tableName(name)}' }],
  model: ${modelName(name)},
});
`;
}

function config(name: string): string {
  return `# For trying the plugin out in this folder.
plugins: [./]
sources:
  sample:
    source: csv
    schema: ${name}
    dataset: SAMPLE.DATA
    columns: { symbol: symbol, ts_event: time, low: low, high: high, volume: volume, kind: kind }
    values: { publisher_id: 1 }
`;
}

function readme({ name, language }: ScaffoldOrder): string {
  const build = language === 'ts' ? 'npm run build      # TypeScript to dist/\n' : '';
  return `# tickloom-plugin-${name}

The schema \`${name}\` for Tickloom: one model in \`src/record.${language}\`, from which come the table \`${tableName(name)}\`, the checks and the
fast path.

\`\`\`sh
npm install
${build}npm test           # the contract suite of tickloom/testing
npm run sample     # loads sample.csv
npx tickloom query "select * from ${tableName(name)} order by ordinal"
npx tickloom schemas show ${name}
\`\`\`

Somewhere else it is used once its config has \`plugins: [path/to/this/folder]\`, or after \`tickloom plugins link path/to/this/folder\`.

- A record that breaks a check is quarantined: write a \`high\` below its \`low\` into \`sample.csv\`, load it again, and see
  \`tickloom quarantine list\`.
- A later version may have more fields, behind the others: their columns are added, and NULL in the rows that are there. What
  cannot be derived (an index, a new name) goes into \`migrations\` in \`src/index.${language}\`.
`;
}

function modelName(name: string): string {
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const model = `${words.join('')}Record`;
  return TAKEN.includes(model) ? `Own${model}` : model;
}

/** One of the free record types, by the name, so that two scaffolds seldom have the same. */
function rtypeOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) % 1_000_003;
  return FREE_RTYPES.first + (sum % FREE_RTYPES.count);
}
