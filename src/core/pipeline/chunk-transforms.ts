import { compiledModel } from '../compile/compiled-model.js';
import { createRowTransform } from '../compile/create-row-transform.js';
import type { RowTransform, TransformedBatch } from '../compile/row-transform.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { Metadata } from '../dbn/metadata.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { InstrumentSymbol } from '../historical/instrument-symbol.js';
import type { TableSpec } from '../model/model-spec.js';
import type { PluginRegistry, RegisteredSchema } from '../registry/plugin-registry.js';
import type { PluginVersion } from '../sink/sink.js';
import { SymbolResolver } from '../symbology/symbol-resolver.js';

/** What the chunk says of itself: of the header, or of the flags for a fragment. */
export interface ChunkIdentity {
  readonly metadata: Metadata | null;
  readonly dataset: string;
  readonly schema: string | null;
  /** Symbols that the header does not map. */
  readonly instruments?: readonly InstrumentSymbol[];
}

/** What a look at a chunk counts; added to as it goes on. */
export interface PassedOver {
  control: number;
  unsupported: number;
  /** Names of the plugins that would get the other records. */
  readonly plugins: Set<string>;
}

/**
 * Sends each batch of a chunk to the transform of its kind, and counts what is not for any. A single-schema chunk
 * needs a plugin for its schema and takes no other records; in a mixed one each record goes to the plugin of its kind.
 */
export class ChunkTransforms {
  decoded = 0;
  control = 0;
  unsupported = 0;
  /** Set when the chunk has one, before the first batch. */
  chunkId = 0;
  readonly symbols: SymbolResolver;
  readonly #transforms = new Map<number, RowTransform | undefined>();

  constructor(
    private readonly registry: PluginRegistry,
    private readonly identity: ChunkIdentity,
  ) {
    // Throws SCHEMA_UNKNOWN, naming what is known.
    if (identity.schema !== null) registry.get(identity.schema);
    this.symbols = new SymbolResolver(identity.dataset, identity.metadata, identity.instruments);
  }

  /** Compiles what a single schema needs before its records come. What cannot be compiled is told of when they do. */
  compileFor(version: DbnVersion): void {
    if (this.identity.schema === null) return;
    const { model, plugin, table } = this.registry.get(this.identity.schema);
    if (model.bindings.has(version)) compiledModel(model, version, plugin.validation).encoderOf(table);
  }

  /** Records that a plugin was asked about: all but control records and those that none serves. */
  get checked(): number {
    return this.decoded - this.control - this.unsupported;
  }

  /** The plugins that the records so far went to. */
  get plugins(): PluginVersion[] {
    const used = [...this.#transforms.values()].flatMap((transform) => transform?.table.schema ?? []);
    const plugins = new Map(used.map((schema) => this.registry.get(schema).plugin).map((each) => [each.name, each]));
    return [...plugins.values()].map(({ name, version }) => ({ name, version }));
  }

  /** Takes one batch; `undefined` for batches that hold no rows. */
  take(batch: RecordBatch): { table: TableSpec; transformed: TransformedBatch } | undefined {
    this.decoded += batch.count;
    if (batch.layout?.control === true) {
      this.control += batch.count;
      this.symbols.observe(batch);
      return undefined;
    }
    const transform = this.#transformOf(batch);
    if (transform === undefined) {
      this.unsupported += batch.count;
      return undefined;
    }
    return { table: transform.table, transformed: transform.transform(batch) };
  }

  /** Counts what `take` would not make rows of, without taking it, and notes the plugins of what it would. */
  passOver(batch: RecordBatch, counted: PassedOver): void {
    if (batch.layout?.control === true) {
      counted.control += batch.count;
      return;
    }
    const schema = this.#schemaOf(batch);
    if (schema === undefined) counted.unsupported += batch.count;
    else counted.plugins.add(schema.plugin.name);
  }

  /** Gives the memory of its transforms back: what they made is no longer valid. */
  close(): void {
    for (const transform of this.#transforms.values()) transform?.close();
    this.#transforms.clear();
  }

  #transformOf(batch: RecordBatch): RowTransform | undefined {
    if (this.#transforms.has(batch.rtype)) return this.#transforms.get(batch.rtype);
    const schema = this.#schemaOf(batch);
    const transform =
      schema === undefined
        ? undefined
        : createRowTransform({
            schema,
            version: batch.version,
            dataset: this.identity.dataset,
            chunkId: this.chunkId,
            symbols: this.symbols,
          });
    this.#transforms.set(batch.rtype, transform);
    return transform;
  }

  #schemaOf(batch: RecordBatch): RegisteredSchema | undefined {
    const wanted = this.identity.schema;
    const schema = this.registry.schemaFor(wanted, batch.rtype);
    return wanted === null || schema?.name === wanted ? schema : undefined;
  }
}
