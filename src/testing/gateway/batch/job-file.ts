/** A file of a finished job. */
export interface JobFile {
  readonly filename: string;
  readonly bytes: Uint8Array;
  /** `sha256:` and hex. */
  readonly hash: string;
}
