import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DayCondition } from '../../core/historical/day-condition.js';

/** The vendor's file beside the data of a job. */
const CONDITIONS = 'condition.json';
const DATE = /^\d{4}-\d\d-\d\d$/;

/** What the vendor said of the days of a job when it was made; nothing where that file is missing or something else. */
export async function jobConditions(folder: string): Promise<readonly DayCondition[]> {
  let days: unknown;
  try {
    days = JSON.parse(await readFile(join(folder, CONDITIONS), 'utf8'));
  } catch {
    return [];
  }
  return Array.isArray(days) ? days.flatMap(conditionOf) : [];
}

function conditionOf(day: unknown): DayCondition[] {
  const { date, condition, last_modified_date: modified } = (day ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof date !== 'string' || !DATE.test(date) || typeof condition !== 'string') return [];
  return [{ date, condition, lastModifiedDate: typeof modified === 'string' && DATE.test(modified) ? modified : null }];
}
