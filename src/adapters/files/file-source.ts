import { TickloomError } from '../../core/errors/index.js';
import type { Decompress } from '../../core/pipeline/decompress.js';
import type { Chunk, FragmentDeclaration, Source } from '../../core/source/source.js';
import { FileChunk } from './file-chunk.js';
import { DBN_FILES, type FileKind } from './dbn-file-name.js';
import { cancelled } from './file-error.js';
import { findFiles, type FoundFile } from './find-files.js';
import { PipeChunk, connectPipe } from './pipe-chunk.js';

const STDIN = '-';

export interface FileSourceOptions {
  /** Files and named pipes of any name, folders, globs; `-` is {@link stdin}. */
  readonly paths: readonly string[];
  /** Needed for `-`. Read once, when its chunk is opened. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  /** How to read what turns out to have no header, whatever its name; a stream that has one is read by that. */
  readonly fragment?: FragmentDeclaration | null;
  /** Relative paths start here; default the working directory. */
  readonly cwd?: string;
  /** Needed to put the parts of a split job together; without it each file is a chunk. */
  readonly decompress?: Decompress;
  /** What folders and globs stand for; default DBN files. */
  readonly kind?: FileKind;
}

/**
 * DBN files, one chunk each: in the order of the paths, and inside a folder in natural order of the names. A file
 * that is reached by several names, links included, is one chunk, under the first of them; and the files that one chunk
 * was split into are one, in the place of the first of them.
 */
export class FileSource implements Source {
  private readonly fragment: FragmentDeclaration | null;
  private readonly cwd: string;

  constructor(private readonly options: FileSourceOptions) {
    this.fragment = options.fragment ?? null;
    this.cwd = options.cwd ?? process.cwd();
  }

  /** @throws PATH_NOT_FOUND, PATH_UNREADABLE, NO_INPUT, USAGE, CANCELLED: the first that is found, with nothing opened */
  async plan(signal: AbortSignal): Promise<readonly Chunk[]> {
    const { paths } = this.options;
    if (paths.length === 0) {
      throw new TickloomError('NO_INPUT', 'no path was given', {
        hint: 'Name a file, a folder, a glob, or - for stdin.',
      });
    }
    const chunks = new Map<string, Chunk>();
    const files = new Map<string, FileChunk>();
    for (const path of paths) {
      if (signal.aborted) throw cancelled('listing', path);
      if (path === STDIN) {
        chunks.set(STDIN, this.stdinChunk());
        continue;
      }
      for (const file of await findFiles(path, this.cwd, signal, this.options.kind ?? DBN_FILES)) {
        if (chunks.has(file.identity)) continue;
        const chunk = this.chunkOf(file);
        chunks.set(file.identity, chunk);
        if (chunk instanceof FileChunk) files.set(file.path, chunk);
      }
    }
    return this.joined([...chunks.values()], files, signal);
  }

  private async joined(
    chunks: readonly Chunk[],
    files: ReadonlyMap<string, FileChunk>,
    signal: AbortSignal,
  ): Promise<readonly Chunk[]> {
    const { decompress } = this.options;
    if (decompress === undefined) return chunks;
    const { joinSplitJobs } = await import('./split-jobs.js');
    const joined = await joinSplitJobs(files, decompress, signal);
    const byPart = new Map([...joined].map(([path, chunk]) => [files.get(path) as Chunk, chunk]));
    return [...new Set(chunks.map((chunk) => byPart.get(chunk) ?? chunk))];
  }

  private stdinChunk(): Chunk {
    const { stdin } = this.options;
    if (stdin === undefined) {
      throw new TickloomError('USAGE', 'cannot read "-": there is no stdin', {
        hint: 'Pass the bytes as the option stdin.',
      });
    }
    return new PipeChunk('stdin', this.fragment, () => stdin);
  }

  private chunkOf(file: FoundFile): Chunk {
    return file.kind === 'pipe'
      ? new PipeChunk(file.source, this.fragment, () => connectPipe(file.path))
      : new FileChunk(file.source, file.path, file.sizeBytes, this.fragment);
  }
}
