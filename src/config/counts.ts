/** What a report that the engine cannot make is filled with. */
export { noRecords, noSymbols } from '../core/report/counts.js';
