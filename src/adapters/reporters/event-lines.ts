import type { ProgressEvent } from '../../core/progress/progress-event.js';
import type { ChunkReport } from '../../core/report/run-report.js';
import { counted } from '../../core/text/counted.js';
import { failedChunkText } from '../terminal/failed-chunk-text.js';
import { formatCount } from '../terminal/format-count.js';
import { sanitize, sanitizeLines } from '../terminal/sanitize.js';
import type { Style } from '../terminal/style.js';

/** A run in which everything fails must not bury the screen: the rest stands in the report. */
const FAILURES_SHOWN = 20;

type Note = Extract<ProgressEvent, { type: 'note' }>;
type Rejected = Extract<ProgressEvent, { type: 'record_rejected' }>;

/** Words the events that a person gets as a line of its own. */
export class EventLines {
  readonly #style: Style;
  readonly #verbose: boolean;
  readonly #sources = new Map<number, string>();
  #failures = 0;

  constructor(style: Style, verbose: boolean) {
    this.#style = style;
    this.#verbose = verbose;
  }

  /** The lines for an event, harmless for a terminal; none for events that are only counted. */
  of(event: ProgressEvent): readonly string[] {
    switch (event.type) {
      case 'chunk_started':
        if (this.#verbose) this.#sources.set(event.chunk, event.source);
        return NOTHING;
      case 'record_rejected':
        return this.#verbose ? [this.#rejected(event)] : NOTHING;
      case 'chunk_finished':
        this.#sources.delete(event.chunk);
        return this.#finished(event.report);
      case 'note':
        return this.#note(event);
      default:
        return NOTHING;
    }
  }

  #note({ level, text }: Note): readonly string[] {
    if (level === 'debug' && !this.#verbose) return NOTHING;
    const [first = '', ...more] = sanitizeLines(text);
    const rest = more.map((line) => `  ${line}`);
    if (level === 'info') return [first, ...rest];
    const { red, yellow, dim } = this.#style;
    const paint = { error: red, warning: yellow, debug: dim }[level];
    return [`${paint(`${level}:`)} ${first}`, ...rest];
  }

  #rejected({ chunk, ordinal, schema, reason }: Rejected): string {
    const source = this.#sources.get(chunk);
    const where = source === undefined ? '' : ` of "${sanitize(source)}"`;
    return `${this.#style.yellow('rejected')} record ${ordinal}${where} (${sanitize(schema)}): ${sanitize(reason)}`;
  }

  #finished(report: ChunkReport): readonly string[] {
    if (report.status === 'failed') return this.#failed(report);
    return this.#verbose ? [chunkLine(report, this.#style)] : NOTHING;
  }

  #failed(report: ChunkReport): readonly string[] {
    this.#failures++;
    if (this.#verbose || this.#failures <= FAILURES_SHOWN) return [chunkLine(report, this.#style)];
    return this.#failures === FAILURES_SHOWN + 1
      ? [`${this.#style.red('failed')} more chunks; the report at the end names them`]
      : NOTHING;
  }
}

/** One line for a chunk that is done with: `loaded "a.dbn.zst": 1,234,567 records`. */
export function chunkLine(report: ChunkReport, style: Style): string {
  const source = `"${sanitize(report.source)}"`;
  const { decoded, loaded, already_loaded, quarantined } = report.records;
  switch (report.status) {
    case 'failed':
      return `${style.red('failed:')} ${sanitize(failedChunkText(report))}`;
    case 'cancelled':
      return `${style.yellow('cancelled')} ${source}: rolled back`;
    case 'planned':
      return `planned ${source}`;
    case 'already_loaded':
      return `already there ${source}: ${counted(decoded, 'record', formatCount(decoded))}`;
    case 'loaded': {
      const extra = [
        already_loaded > 0 ? `${formatCount(already_loaded)} already there` : '',
        quarantined > 0 ? style.yellow(`${formatCount(quarantined)} quarantined`) : '',
      ].filter((part) => part !== '');
      return `${style.green('loaded')} ${source}: ${[counted(loaded, 'record', formatCount(loaded)), ...extra].join(', ')}`;
    }
  }
}

const NOTHING: readonly string[] = [];
