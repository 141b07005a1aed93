/** How text is to be laid out. */
export interface TextLayout {
  /** Columns of the terminal; without, nothing is broken or cut. */
  readonly columns?: number | undefined;
  readonly color: boolean;
  /** Characters beyond ASCII come out right. */
  readonly unicode: boolean;
}
