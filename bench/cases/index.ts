import type { BenchCase } from '../bench-case.js';
import { decodeDbn, decodeZst } from './decode.js';
import { generate } from './generate.js';
import { transform } from './transform.js';

/** In the order in which they are run and shown. */
export const CASES: readonly BenchCase[] = [generate, decodeDbn, decodeZst, transform];
