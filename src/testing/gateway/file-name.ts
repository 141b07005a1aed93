import { dateOfDay } from '../../core/symbology/utc-day.js';
import { daysOf, type DataRequest } from './data-request.js';

/** `glbx-mdp3-20240108.trades.dbn.zst`; with the last day too when there are several. */
export function dataFileName(
  { dataset, schema, start, end }: DataRequest,
  { encoding, compression }: { readonly encoding: string; readonly compression: string },
  symbol?: string,
): string {
  const { startDay, endDay } = daysOf({ start, end });
  const days = [...new Set([startDay, endDay - 1])].map((day) => dateOfDay(day).replaceAll('-', '')).join('-');
  const code = dataset.code.toLowerCase().replaceAll('.', '-');
  const parts = [`${code}-${days}`, schema, ...(symbol === undefined ? [] : [symbol]), encoding];
  return `${parts.join('.')}${compression === 'zstd' ? '.zst' : ''}`;
}
