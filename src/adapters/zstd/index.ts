export { compress, type CompressionRung, type CompressOptions } from './compress.js';
export { availableRungs, decompress, salvage, type DecompressOptions } from './decompress.js';
export type { ZstdRung } from './engine.js';
