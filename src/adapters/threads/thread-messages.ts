import type { RowsOwner, RowsTail, StreamHead, Survey } from '../../core/pipeline/chunk-rows.js';
import type { InstrumentSymbol } from '../../core/historical/instrument-symbol.js';
import type { Rejection } from '../../core/quarantine/rejection.js';
import type { FragmentDeclaration } from '../../core/source/source.js';
import type { ErrorData } from './error-data.js';

/*
 * What a run and a thread say to each other about one chunk, over a port of its own. Calls are made one at a time; each
 * ends with `answer` or `failed`. Only data: no function, no object with a life of its own.
 */

/** A chunk, as far as it is data. Its bytes are asked for. */
export interface RowsJob {
  readonly source: string;
  readonly fragment: FragmentDeclaration | null;
  /** Sources of the files that it was split into; `null` for one stream. */
  readonly parts: readonly string[] | null;
  /** As in the chunk. */
  readonly partsStartApart: boolean;
  readonly instruments: readonly InstrumentSymbol[];
}

export type Call =
  { readonly name: 'head' | 'prepare' | 'survey' | 'tail' } | { readonly name: 'blocks'; readonly owner: RowsOwner };

export type Answer = StreamHead | Survey | RowsTail | null;

/** From the run to the thread. */
export type ToThread =
  | { readonly type: 'call'; readonly call: Call }
  /** The memory of a block, to be used again. */
  | { readonly type: 'taken'; readonly memory: ArrayBuffer }
  /** The next bytes of a stream; `null` at its end. */
  | { readonly type: 'piece'; readonly stream: number; readonly bytes: Uint8Array | null }
  /** `failure` names the error, should the call end with it. */
  | { readonly type: 'input-failed'; readonly stream: number; readonly failure: number; readonly error: ErrorData }
  | { readonly type: 'close' };

/** What a stretch of the stream became; its tuples stand in the memory that all of a message share. */
export interface BlockData {
  readonly decoded: number;
  readonly checked: number;
  readonly schema: string | null;
  readonly rows: number;
  /** Bytes of its tuples, which follow those of the one before. */
  readonly size: number;
  /** `null` where there are no rows. */
  readonly digest: string | null;
  /** Reasons are the JSON of what a plugin gave. */
  readonly rejections: readonly (Omit<Rejection, 'reasons'> & { readonly reasons: string })[];
}

/** From the thread to the run. */
export type FromThread =
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'failed'; readonly error: ErrorData; readonly failure: number | null }
  | { readonly type: 'blocks'; readonly memory: ArrayBuffer; readonly blocks: readonly BlockData[] }
  /** So many bytes as stored were read. */
  | { readonly type: 'bytes'; readonly bytes: number }
  /** Opens the bytes as stored, of the whole or of a part. */
  | { readonly type: 'open'; readonly stream: number; readonly part: number | null }
  | { readonly type: 'read'; readonly stream: number }
  | { readonly type: 'leave'; readonly stream: number }
  /** Nothing more will come. */
  | { readonly type: 'closed' };
