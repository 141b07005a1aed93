/** Whose scaffold is wanted, and in which language. The name has been checked. */
export interface ScaffoldOrder {
  /** Lower-case words with hyphens between them, e.g. `spread-quotes`. */
  readonly name: string;
  readonly language: 'ts' | 'js';
  /** How the package's dependency on Tickloom is written: a range of versions, or `file:` and a path. */
  readonly tickloom: string;
}

/** Contents by path inside the folder, with `/`. */
export type ScaffoldFiles = Readonly<Record<string, string>>;

/** `spread-quotes` as a table is named: `spread_quotes`. */
export const tableName = (name: string): string => name.replaceAll('-', '_');
