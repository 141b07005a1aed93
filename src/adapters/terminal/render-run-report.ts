import { ERROR_ACTIONS, type ErrorCode } from '../../core/errors/index.js';
import type { ChunkReport, RunReport, RunStatus } from '../../core/report/run-report.js';
import { failedChunkText } from './failed-chunk-text.js';
import { formatBytes } from './format-bytes.js';
import { formatCount } from './format-count.js';
import { formatDuration } from './format-duration.js';
import { formatRecordRate } from './format-rate.js';
import { formatUsd } from './format-usd.js';
import { padLeft, padRight } from './pad.js';
import { sanitize } from './sanitize.js';
import { styleFor, type Style } from './style.js';
import type { TextLayout } from './text-layout.js';
import { wrapWords } from './wrap-words.js';
import { counted } from '../../core/text/counted.js';

type Paint = (text: string) => string;
interface Line {
  readonly label: string;
  readonly value: string;
  readonly remark?: string | undefined;
  readonly paint?: Paint | undefined;
}

/** More would bury the table; the ledger has them all. */
const FAILED_SHOWN = 20;

/**
 * The account of a run as a table for people: what became of the records, time, speed, cost when there is one, how
 * symbols were found, the chunks, and below it each failed chunk with its error and hint. Ends with a newline.
 */
export function renderRunReport(report: RunReport, layout: TextLayout): string {
  const style = styleFor(layout.color);
  const columns = layout.columns ?? Infinity;
  const lines = tableLines(report, style);
  const labels = Math.max(...lines.map(({ label }) => label.length));
  const values = Math.max(...lines.map(({ value }) => value.length));
  const rule = (layout.unicode ? '─' : '-').repeat(Math.min(columns, 48));
  return [
    `${style.bold('Run')} ${statusWord(report.status, style)} ${style.dim(sanitize(report.run_id))}`,
    style.dim(rule),
    ...lines.flatMap((line) => tableLine(line, labels, values, columns, style)),
    style.dim(rule),
    ...failedChunks(report, style, columns),
    ...nextSteps(report, style, columns),
    '',
  ].join('\n');
}

/**
 * Why a run did not end well, and what to do about it, for who gets no table: a line each, none when it did.
 * @param told the failed chunks stand above already, without their hints
 */
export function renderShortfall(report: RunReport, layout: TextLayout, { told = false } = {}): string[] {
  const style = styleFor(layout.color);
  const columns = layout.columns ?? Infinity;
  const interrupted = report.status === 'cancelled' ? ['the run was interrupted'] : [];
  const failures = told ? hintsOf(report, style, columns) : failedChunks(report, style, columns);
  return [...interrupted, ...failures, ...nextSteps(report, style, columns)];
}

function hintsOf({ details }: RunReport, style: Style, columns: number): string[] {
  const hints = new Set(details.flatMap(({ status, error }) => (status === 'failed' ? (error?.hint ?? []) : [])));
  return [...hints]
    .slice(0, FAILED_SHOWN)
    .flatMap((hint) => hanging(`hint: ${hint}`, columns).map((line) => style.dim(line)));
}

function statusWord(status: RunStatus, style: Style): string {
  const paint = { complete: style.green, incomplete: style.yellow, failed: style.red, cancelled: style.yellow }[status];
  return paint(status);
}

function tableLine(
  { label, value, remark, paint }: Line,
  labels: number,
  values: number,
  columns: number,
  style: Style,
) {
  const indent = labels + 2 + values + 2;
  const head = `${style.dim(padRight(label, labels))}  ${(paint ?? keep)(padLeft(value, values))}`;
  if (remark === undefined) return [head];
  const [first = '', ...more] = wrapWords(remark, Math.max(10, columns - indent));
  return [`${head}  ${style.dim(first)}`, ...more.map((line) => ' '.repeat(indent) + style.dim(line))];
}

function tableLines(report: RunReport, style: Style): Line[] {
  const { records, bytes, chunks } = report;
  const whenAny = (label: string, count: number, remark?: string): Line[] =>
    count === 0 ? [] : [{ label, value: formatCount(count), remark }];
  const [rate = '', unit] = formatRecordRate(report.records_per_second).split(' ');
  return [
    { label: 'processed', value: formatCount(records.decoded), remark: `records in ${formatBytes(bytes.read)}` },
    { label: 'stored', value: formatCount(records.loaded) },
    { label: 'already there', value: formatCount(records.already_loaded) },
    {
      label: 'quarantined',
      value: formatCount(records.quarantined),
      paint: records.quarantined > 0 ? style.yellow : undefined,
    },
    ...whenAny('control', records.control, 'records that steer the stream'),
    ...whenAny('unsupported', records.unsupported, 'records of kinds without a table'),
    ...whenAny('replaced', records.replaced, 'rows that made way for new ones'),
    {
      label: 'errors',
      value: formatCount(chunks.failed),
      remark: chunks.failed > 0 ? `${counted(chunks.failed, 'chunk', formatCount(chunks.failed))} failed` : undefined,
      paint: chunks.failed > 0 ? style.red : undefined,
    },
    { label: 'chunks', value: formatCount(chunks.planned), remark: chunkRemark(chunks) },
    ...symbolLines(report),
    { label: 'time', value: formatDuration(report.elapsed_ms) },
    { label: 'speed', value: rate, remark: unit },
    { label: 'memory', value: formatBytes(report.peak_rss_bytes), remark: 'at its highest' },
    ...downloadLines(report),
  ];
}

function downloadLines({ bytes, cost_usd }: RunReport): Line[] {
  const lines: Line[] = [];
  if (bytes.downloaded > 0) lines.push({ label: 'downloaded', value: formatBytes(bytes.downloaded) });
  if (cost_usd.spent !== 0 || cost_usd.estimated !== 0) {
    const remark = `spent by our count, ${formatUsd(cost_usd.estimated)} estimated`;
    lines.push({ label: 'cost', value: formatUsd(cost_usd.spent), remark });
  }
  return lines;
}

function symbolLines({ symbols }: RunReport): Line[] {
  const words = {
    mapped: 'by the mappings of the day',
    record: 'from the record itself',
    requested: 'the one that was requested',
    fallback: 'by instrument id, for want of a mapping',
    unknown: 'not known',
  };
  return (Object.keys(words) as (keyof typeof words)[])
    .filter((step) => symbols[step] > 0)
    .map((step, i) => ({
      label: i === 0 ? 'symbols' : '',
      value: formatCount(symbols[step]),
      remark: `${step}: ${words[step]}`,
    }));
}

function chunkRemark({ loaded, already_loaded, failed, planned }: RunReport['chunks']): string {
  const open = Math.max(0, planned - loaded - already_loaded - failed);
  return [
    loaded > 0 ? `${formatCount(loaded)} loaded` : '',
    already_loaded > 0 ? `${formatCount(already_loaded)} already there` : '',
    failed > 0 ? `${formatCount(failed)} failed` : '',
    open > 0 ? `${formatCount(open)} not done` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function failedChunks(report: RunReport, style: Style, columns: number): string[] {
  const failed = report.details.filter(({ status }) => status === 'failed');
  const lines = failed.slice(0, FAILED_SHOWN).flatMap((chunk) => failedChunk(chunk, style, columns));
  const more = failed.length - FAILED_SHOWN;
  if (more <= 0) return lines;
  const rest = `${counted(more, 'further chunk', formatCount(more))} failed: tickloom runs show ${sanitize(report.run_id)}`;
  return [...lines, ...wrapWords(rest, columns)];
}

function failedChunk(chunk: ChunkReport, style: Style, columns: number): string[] {
  const code = chunk.error === null ? '' : ` [${chunk.error.code}]`;
  const [first = '', ...more] = hanging(`failed: ${failedChunkText(chunk)}${code}`, columns);
  const advice = chunk.error?.hint ?? null;
  const hint = advice === null ? [] : wrapWords(`hint: ${sanitize(advice)}`, columns - 2);
  return [first.replace(/^failed:/, style.red), ...more, ...hint.map((line) => `  ${style.dim(line)}`)];
}

/** Wrapped text whose further lines stand in by two. */
function hanging(text: string, columns: number): string[] {
  return wrapWords(sanitize(text), columns - 2).map((line, i) => (i === 0 ? line : `  ${line}`));
}

function nextSteps({ status, records, chunks, details }: RunReport, style: Style, columns: number): string[] {
  const steps: string[] = [];
  if (records.quarantined > 0) {
    const kept = counted(records.quarantined, 'record', formatCount(records.quarantined));
    steps.push(`tickloom quarantine list shows why ${kept} ${records.quarantined === 1 ? 'was' : 'were'} kept aside`);
  }
  if (status === 'cancelled' || (status !== 'complete' && chunks.failed > 0)) {
    const again = status === 'cancelled' || details.some(({ error }) => passes(error));
    const when = again ? 'run the same command again to go on' : 'run the same command again when that is mended';
    steps.push(`${when}: what is loaded stays and is not loaded twice`);
  }
  return steps.flatMap((step) => hanging(step, columns)).map((line) => style.dim(line));
}

/** Whether the same command may meet with no error the next time, though nobody does anything about it. */
function passes(error: ChunkReport['error']): boolean {
  const action = error === null ? undefined : ERROR_ACTIONS[error.code as ErrorCode];
  return action === 'retry' || action === 'locked';
}

const keep: Paint = (text) => text;
