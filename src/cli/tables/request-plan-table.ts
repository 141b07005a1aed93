import type { PlanReport } from '../../index.js';
import { dollarsText, symbolsText, timeText } from './request-text.js';
import { facts, left, right, type Table } from './table.js';
import { counted } from '../../config/counted.js';

/** The parts of a plan, and what they come to. */
export function requestPlanTables(plan: PlanReport): Table[] {
  const { chunks } = plan;
  const parts = Object.entries(chunks)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`);
  return [
    {
      columns: [
        left('schema'),
        left('symbols'),
        left('start'),
        left('end'),
        left('state'),
        right('records'),
        right('bytes'),
        right('USD'),
      ],
      rows: plan.parts.map((part) => [
        part.schema,
        symbolsText(part.symbols),
        part.start === null ? null : timeText(part.start),
        part.end === null ? null : timeText(part.end),
        part.state,
        part.records,
        part.bytes,
        part.cost_usd === null ? null : dollarsText(part.cost_usd),
      ]),
      empty: 'there is nothing to do',
    },
    facts({
      parts: parts.length === 0 ? 'none' : parts.join(', '),
      'to buy': `${counted(plan.records, 'record')}, ${counted(plan.bytes, 'byte')}`,
      cost: `${dollarsText(plan.cost_usd.estimated)} USD, estimated`,
    }),
  ];
}
