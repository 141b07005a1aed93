export { schemaFiles } from './schema-files.js';
export { tableName, type ScaffoldFiles, type ScaffoldOrder } from './scaffold-order.js';
export { sourceFiles } from './source-files.js';
export { writeScaffold } from './write-scaffold.js';
