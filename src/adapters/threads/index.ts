export { RowThreads, type ThreadOrder, type ThreadReady } from './row-threads.js';
export { serveRows } from './serve-rows.js';
