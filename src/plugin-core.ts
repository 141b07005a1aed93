/**
 * What `tickloom/plugin` has of its own, without the decorators of class-validator and class-transformer that it has beside it.
 * A plugin whose model needs none of those takes from here what it needs, and spares every start the time to load them.
 */
export {
  Char,
  Int16,
  Int32,
  Int64,
  Int8,
  Nanos,
  Price,
  Text,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  type FieldOptions,
  type Uint64Options,
} from './core/model/field-decorators.js';
export { IsNotBelow } from './core/model/checks/is-not-below.js';
export { IsVenuePrice } from './core/model/checks/is-venue-price.js';
export { Record, type RecordOptions } from './core/model/record-decorator.js';
export { MarketRecord } from './core/model/market-record.js';
export { defineRecord, type PlainRecord } from './core/model/define-record.js';
export { levels, type Levels } from './core/model/levels.js';
export type { PlainField, PlainFields, PlainFieldValues } from './core/model/plain-fields.js';
export { withFields } from './core/model/with-fields.js';
export {
  encodeModelRecord,
  modelRecordEncoder,
  type EncodeModelRecordOptions,
  type ModelValues,
} from './core/model/encode-model-record.js';
export { modelOf } from './core/model/market-model.js';
export type { ModelClass } from './core/model/declaration.js';
export type { ColumnSpec, MarketModel, ModelField, TableSpec } from './core/model/model-spec.js';
export type { PgType } from './core/model/pg-type.js';
export { defineSchemaPlugin, type SchemaPluginDefinition } from './core/plugin/define-schema-plugin.js';
export { reject, type MapperContext, type RowMapper } from './core/plugin/row-mapper.js';
export type { PluginMigration, PluginSchema, SchemaPlugin } from './core/plugin/schema-plugin.js';
export {
  defineReporter,
  type ReporterDefinition,
  type ReporterSettings,
  type ReporterStream,
} from './core/progress/reporter-definition.js';
export {
  defineSource,
  type SourceDefinition,
  type SourceFile,
  type SourceQuery,
  type SourceRequest,
  type SourceSchema,
} from './core/source/source-definition.js';
export {
  instrumentIdOf,
  recordChunk,
  type RecordChunkOptions,
  type SourceCoverage,
  type SourceRecord,
} from './core/source/record-chunk.js';
export type { Chunk, ChunkOrigin, FetchContext, FragmentDeclaration, Source } from './core/source/source.js';
export { parseDecimal } from './core/text/parse-decimal.js';
export { parseTimestamp, TIME_UNITS, type TimeUnit } from './core/text/parse-timestamp.js';
export type { ProgressEvent, ProgressReporter } from './core/progress/progress-event.js';
export type { ChunkReport, RunReport } from './core/report/run-report.js';
export type { RejectionReason } from './core/quarantine/rejection.js';
export { TickloomError, isTickloomError, type ErrorCode } from './core/errors/index.js';
