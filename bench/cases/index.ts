import type { BenchCase } from '../bench-case.js';
import { check } from './check.js';
import { decodeDbn, decodeZst } from './decode.js';
import { generate } from './generate.js';
import { ingestBar, ingestDbn, ingestParts, ingestTwo, ingestZst } from './ingest.js';
import { insertMany, insertOne } from './inserts.js';
import { copyBare, copyCsv, copyPsql, copyReady, copyTwo } from './ready-rows.js';
import { startOclif, startTickloom } from './start-up.js';
import { transform, transformMapped } from './transform.js';

/** In the order in which they are run and shown: what is compared stands side by side. */
export const CASES: readonly BenchCase[] = [
  generate,
  decodeDbn,
  decodeZst,
  check,
  transform,
  transformMapped,
  copyReady,
  ingestZst,
  ingestBar,
  ingestDbn,
  ingestParts,
  copyBare,
  copyTwo,
  ingestTwo,
  copyPsql,
  copyCsv,
  insertMany,
  insertOne,
  startOclif,
  startTickloom,
];
