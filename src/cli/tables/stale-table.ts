import type { StaleReport } from '../../index.js';
import { symbolsText } from './request-text.js';
import { left, type Table } from './table.js';

type Said = StaleReport['days'][number]['now'];

/** One row for each day of a chunk that the vendor has changed since. */
export function staleTable({ days, compared }: StaleReport): Table {
  return {
    columns: [left('date'), left('dataset'), left('schema'), left('symbols'), left('when it was bought'), left('now')],
    rows: days.map((day) => [
      day.date,
      day.dataset,
      day.schema,
      symbolsText(day.symbols),
      text(day.bought),
      text(day.now),
    ]),
    empty:
      compared === 0
        ? 'nothing that is held was bought with a word of the vendor on its days'
        : compared === 1
          ? 'the one day that was compared has not changed since it was bought'
          : `none of ${compared} days has changed since it was bought`,
  };
}

const text = ({ condition, last_modified_date: modified }: Said): string =>
  modified === null ? condition : `${condition}, modified ${modified}`;
