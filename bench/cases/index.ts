import type { BenchCase } from '../bench-case.js';
import { copyReady } from './copy-ready.js';
import { decodeDbn, decodeZst } from './decode.js';
import { generate } from './generate.js';
import { ingestDbn, ingestZst } from './ingest.js';
import { transform } from './transform.js';

/** In the order in which they are run and shown. */
export const CASES: readonly BenchCase[] = [generate, decodeDbn, decodeZst, transform, copyReady, ingestDbn, ingestZst];
