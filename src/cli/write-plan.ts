import type { PlanReport } from '../index.js';
import { mode, streams } from './session.js';
import { filePlanTable } from './tables/plan-table.js';
import { requestPlanTables } from './tables/request-plan-table.js';
import type { Table } from './tables/table.js';
import { textLayout } from './text-layout.js';

/** Writes a plan to stdout and its notes to stderr; with `--json` the notes alone. */
export async function writePlan(plan: PlanReport): Promise<void> {
  for (const note of plan.notes) streams.writeNotice(note);
  if (mode.json) return;
  const { renderTable } = await import('../index.js');
  const layout = await textLayout(process.stdout);
  const files = plan.parts.some(({ stype_in }) => stype_in === null);
  const tables: readonly Table[] = files ? [filePlanTable(plan)] : requestPlanTables(plan);
  const texts = tables.map(({ columns, rows, empty }) =>
    rows.length === 0 && empty !== undefined ? `${empty}\n` : renderTable(columns, rows, layout),
  );
  await streams.writeData(texts.join('\n'));
}
