export interface ScaffoldRequest {
  readonly kind: 'schema' | 'source';
  /** Lower-case words of letters and digits, with hyphens between them: `spread-quotes`. */
  readonly name: string;
  /** Must not be there; default the name, in the working directory. */
  readonly folder?: string;
  /** Default `ts`. */
  readonly language?: 'ts' | 'js';
}

export interface ScaffoldResult {
  /** As it was asked for. */
  readonly folder: string;
  readonly package: string;
  /** Paths inside the folder, with `/`. */
  readonly files: readonly string[];
  /** Commands to type next, in order. */
  readonly next: readonly string[];
}
