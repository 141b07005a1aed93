import type { Cell, TableColumn } from '../../index.js';

/** What a listing shows to a person. */
export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** What is said instead of a table without rows. */
  readonly empty?: string;
}

/** A column of numbers. */
export const right = (header: string): TableColumn => ({ header, align: 'right' });

/** A column of text; paths lose their middle where they do not fit. */
export const left = (header: string, cut: 'end' | 'middle' = 'end'): TableColumn => ({ header, cut });

/** A table of names and values. */
export function facts(values: Readonly<Record<string, Cell>>): Table {
  return { columns: [left('what'), left('value', 'middle')], rows: Object.entries(values) };
}
