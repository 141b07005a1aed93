import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';
import {
  defineRecord,
  defineReporter,
  defineSchemaPlugin,
  defineSource,
  type SchemaPlugin,
} from '../../../../src/plugin.js';
import { PluginRegistry } from '../../../../src/core/registry/plugin-registry.js';
import { builtinPlugins, tbbo, trades } from '../../../../plugins/index.js';

const Own = defineRecord({ name: 'Own', indexTimestamp: 'ts_event', fields: { note: { type: 'text', size: 8 } } });

type Definition = Parameters<typeof defineSchemaPlugin>[0];

function plugin(more: Partial<Definition> = {}): SchemaPlugin {
  return defineSchemaPlugin({
    name: 'notes',
    version: '1.0.0',
    apiVersion: 1,
    schemas: [{ name: 'notes', rtype: 0xe0, table: 'notes' }],
    model: Own,
    ...more,
  });
}

function builtins(): PluginRegistry {
  const registry = new PluginRegistry();
  for (const each of builtinPlugins) registry.register(each, 'built in');
  return registry;
}

describe('plugin registry', () => {
  it('lists the bundled schemas with their tables', () => {
    expect(
      builtins()
        .list()
        .map(({ name, table }) => `${name} ${table.name}`),
    ).to.deep.equal([
      'bbo-1m bbo_1m',
      'bbo-1s bbo_1s',
      'cbbo-1m cbbo_1m',
      'cbbo-1s cbbo_1s',
      'cmbp-1 cmbp_1',
      'definition definition',
      'imbalance imbalance',
      'mbo mbo',
      'mbp-1 mbp_1',
      'mbp-10 mbp_10',
      'ohlcv-1d ohlcv_1d',
      'ohlcv-1h ohlcv_1h',
      'ohlcv-1m ohlcv_1m',
      'ohlcv-1s ohlcv_1s',
      'ohlcv-eod ohlcv_eod',
      'statistics statistics',
      'status status',
      'tbbo tbbo',
      'tcbbo tcbbo',
      'trades trades',
    ]);
    expect(builtins().plugins()).to.have.length(14);
  });

  it('takes the very same plugin twice as once', () => {
    const registry = builtins();
    registry.register(trades, 'built in');
    expect(registry.plugins()).to.have.length(14);
  });

  it('names the schemas that are known when one is not', () => {
    expect(() => builtins().get('trade'))
      .to.throw(
        'unknown schema "trade"; known: bbo-1m, bbo-1s, cbbo-1m, cbbo-1s, cmbp-1, definition, imbalance, mbo, mbp-1, mbp-10, ohlcv-1d, ohlcv-1h, ohlcv-1m, ohlcv-1s, ohlcv-eod, statistics, status, tbbo, tcbbo, trades',
      )
      .with.property('code', 'SCHEMA_UNKNOWN');
    expect(() => new PluginRegistry().get('trades')).to.throw('unknown schema "trades"; known: none');
    const registry = builtins();
    expect(registry.get('trades')).to.equal(registry.find('trades'));
  });

  describe('routes a record', () => {
    it("to the metadata's schema when that has its rtype", () => {
      expect(builtins().schemaFor('tbbo', 1)?.name).to.equal('tbbo');
      expect(builtins().schemaFor('ohlcv-1m', 0x21)?.name).to.equal('ohlcv-1m');
    });

    it('to the schema of its rtype otherwise, 1 never to tbbo', () => {
      expect(builtins().schemaFor(null, 0)?.name).to.equal('trades');
      expect(builtins().schemaFor('tbbo', 0x18)?.name).to.equal('statistics');
      expect(builtins().schemaFor('trades', 1)?.name).to.equal('mbp-1');
      expect(builtins().schemaFor(null, 1)?.name).to.equal('mbp-1');
      expect(builtins().schemaFor('tcbbo', 0xc2)?.name).to.equal('tcbbo');
      expect(builtins().schemaFor('cmbp-1', 0xc2)?.name).to.equal('tcbbo');
      expect(builtins().schemaFor('unknown-77', 0x20)?.name).to.equal('ohlcv-1s');
    });

    it('to nothing when no plugin serves its rtype', () => {
      // bars of the deprecated length, which no schema has
      expect(builtins().schemaFor(null, 0x11)).to.equal(undefined);
      expect(builtins().schemaFor(null, 0xee)).to.equal(undefined);
      const registry = new PluginRegistry();
      registry.register(tbbo, 'the test');
      expect(registry.schemaFor(null, 1)).to.equal(undefined);
      expect(registry.schemaFor('mbp-1', 1)).to.equal(undefined);
    });

    it('to the plugin with a layout of its own for an rtype that DBN does not have', () => {
      const registry = builtins();
      registry.register(plugin(), './notes');
      expect(registry.schemaFor(null, 0xe0)).to.include({ name: 'notes', origin: './notes' });
    });
  });

  describe('refuses', () => {
    const clashes: readonly [name: string, message: string, more: Partial<Definition>][] = [
      ['a name that is taken', 'both claim the name "notes"', {}],
      [
        'a schema that is taken',
        'both claim the schema "notes"',
        { name: 'other', schemas: [{ name: 'notes', rtype: 0xe1, table: 'others' }] },
      ],
      [
        'a table that is taken',
        'both claim the table "notes"',
        { name: 'other', schemas: [{ name: 'others', rtype: 0xe1, table: 'notes' }] },
      ],
      [
        'an rtype that is taken',
        'both claim the rtype 224',
        { name: 'other', schemas: [{ name: 'others', rtype: 0xe0, table: 'others' }] },
      ],
    ];
    for (const [name, message, more] of clashes) {
      it(`${name}, naming both plugins`, () => {
        const registry = new PluginRegistry();
        registry.register(plugin(), './first');
        const second = plugin(more);
        expect(() => registry.register(second, './second'))
          .to.throw(`plugins "notes" (./first) and "${second.name}" (./second) ${message}`)
          .with.property('code', 'SCHEMA_CLASH');
        expect(registry.list()).to.have.length(1);
      });
    }

    it('two schemas of one plugin in one table', () => {
      const schemas = [
        { name: 'a', rtype: 0xe1, table: 'notes' },
        { name: 'b', rtype: 0xe2, table: 'notes' },
      ];
      expect(() => new PluginRegistry().register(plugin({ schemas }), './notes')).to.throw(
        'both claim the table "notes"',
      );
    });

    it("each table that is the core's own", async () => {
      const folder = new URL('../../../../../migrations/', import.meta.url);
      const files = await Promise.all((await readdir(folder)).map((name) => readFile(new URL(name, folder), 'utf8')));
      const tables = files.join('').match(/(?<=create (unlogged )?table :tickloom_schema\.)\w+/g) ?? [];
      expect(tables).to.include.members(['runs', 'claims']);
      for (const table of tables) {
        const schemas = [{ name: 'notes', rtype: 0xe1, table }];
        expect(() => new PluginRegistry().register(plugin({ schemas }), './notes'))
          .to.throw(`plugin "notes" (./notes) wants the table "${table}", which is the core's own`)
          .with.property('code', 'SCHEMA_CLASH');
      }
    });

    for (const [name, value, found] of [
      ['a module without an export', undefined, 'nothing'],
      ['null', null, 'nothing'],
      ['a function', () => trades, 'a function'],
      ['an object that only looks like a plugin', { ...trades }, 'an object without its brand'],
    ] as const) {
      it(name, () => {
        expect(() => new PluginRegistry().register(value, './x'))
          .to.throw(`./x exports no schema plugin, found ${found}`)
          .with.property('code', 'PLUGIN_INVALID');
      });
    }

    it('a plugin of a newer or older API, and says what to do', () => {
      const registry = new PluginRegistry();
      expect(() => registry.register(plugin({ apiVersion: 2 as 1 }), './x'))
        .to.throw('plugin "notes" (./x) speaks plugin API version 2; this Tickloom speaks 1')
        .with.property('hint', 'Update tickloom, or install an older version of the plugin.');
      expect(() => registry.register(plugin({ apiVersion: 0 as 1 }), './x'))
        .to.throw('version 0')
        .with.property('hint', 'Install a newer version of the plugin.');
    });
  });
});

describe('what plugins are defined with', () => {
  it('refuses nothing at all', () => {
    for (const define of [defineSchemaPlugin, defineSource, defineReporter]) {
      expect(() => define(undefined as never))
        .to.throw('object')
        .with.property('code', 'PLUGIN_INVALID');
    }
  });
});

describe('defineSchemaPlugin', () => {
  const schema = { name: 'notes', rtype: 0xe0, table: 'notes' };
  const refusals: readonly [name: string, message: string, more: object][] = [
    [
      'a name that is none',
      'has no usable name: needed are up to 63 of a-z, 0-9 and -, found "My Notes"',
      { name: 'My Notes' },
    ],
    ['no version', 'has no version', { version: '' }],
    ['no API version', 'has no apiVersion; this Tickloom speaks 1', { apiVersion: undefined }],
    ['a schema without a name', 'with the unusable name "undefined"', { schemas: [{ ...schema, name: undefined }] }],
    ['a schema without a table', 'with the unusable name "undefined"', { schemas: [{ ...schema, table: undefined }] }],
    ['a migration that is a statement', 'has a migration that is none', { migrations: ['create index'] }],
    [
      'a migration with one statement that is not in a list',
      'has a migration that is none',
      { migrations: [{ name: '0001-index', statements: 'create index' }] },
    ],
    ['no schema', 'serves no schema', { schemas: [] }],
    ['a mapper without a function', 'has a mapper without a map function', { mapper: {} }],
    ['no model', 'has no model class', { model: {} }],
    [
      'a schema name that is none',
      'serves a schema with the unusable name "no tes"',
      { schemas: [{ ...schema, name: 'no tes' }] },
    ],
    [
      'a table name that is none',
      'into a table with the unusable name "no-tes"',
      { schemas: [{ ...schema, table: 'no-tes' }] },
    ],
    [
      "a table name that is the server's",
      'into a table with the unusable name "pg_notes"',
      { schemas: [{ ...schema, table: 'pg_notes' }] },
    ],
    ['an rtype that is no byte', 'the rtype 256; needed is 0 to 255', { schemas: [{ ...schema, rtype: 256 }] }],
    [
      "an rtype of DBN's for a layout of its own",
      'the rtype 0, which belongs to DBN\'s "trade"',
      { schemas: [{ ...schema, rtype: 0 }] },
    ],
    [
      'an rtype that the layout does not have',
      'the rtype 1; layout "trade" has 0',
      { model: trades.model, schemas: [{ ...schema, rtype: 1 }] },
    ],
    [
      'two migrations of one name',
      'has two migrations named "0001-index"',
      {
        migrations: [
          { name: '0001-index', statements: [] },
          { name: '0001-index', statements: [] },
        ],
      },
    ],
  ];
  for (const [name, message, more] of refusals) {
    it(`refuses ${name}`, () => {
      expect(() => plugin(more))
        .to.throw(message)
        .with.property('code', 'PLUGIN_INVALID');
    });
  }

  it('gives a frozen value with everything filled in', () => {
    expect(plugin()).to.be.frozen;
    expect(plugin()).to.include({ description: '', mapper: null });
    expect(plugin().migrations).to.deep.equal([]);
  });
});
