/** Says how fragments (streams without a header) are to be read. */
export interface FragmentOptions {
  readonly dataset?: string;
  readonly schema?: string;
  readonly dbnVersion?: 1 | 2 | 3;
}
