export { batchOf, type BatchOptions } from './batch-of.js';
export * from './gateway/index.js';
export { RecordingStream } from './recording-stream.js';
export { describeReporter } from './reporter-contract.js';
export { describeSchemaPlugin, type SchemaPluginSuiteOptions } from './schema-plugin-suite.js';
export { describeSource, type SourceCall, type SourceSuiteOptions } from './source-contract.js';
export type { TestRunner } from './test-runner.js';
export { readTuples, type CellValue } from './tuple-reader.js';
