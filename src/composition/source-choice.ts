/** A source by name, and what it is told beyond the paths. */
export interface SourceChoice {
  readonly name: string;
  /** Each source has its own; `csv` and `jsonl` take their mapping of columns here. */
  readonly options?: Readonly<Record<string, unknown>>;
}
