import type { DoctorCheck } from '../../index.js';
import { left, type Table } from './table.js';

export function doctorTable(checks: readonly DoctorCheck[]): Table {
  return {
    columns: [left('check'), left('status'), left('found', 'middle'), left('what to do')],
    rows: checks.map(({ name, status, detail, hint }) => [name, status, detail, hint]),
  };
}
