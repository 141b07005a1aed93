import { splitBytes, formatBytes } from '../terminal/format-bytes.js';
import { formatCount } from '../terminal/format-count.js';
import { formatDuration } from '../terminal/format-duration.js';
import { formatEta } from '../terminal/format-eta.js';
import { formatPercent } from '../terminal/format-percent.js';
import { formatByteRate, formatRecordRate } from '../terminal/format-rate.js';
import { padLeft, padRight } from '../terminal/pad.js';
import { sanitize } from '../terminal/sanitize.js';
import type { Style } from '../terminal/style.js';
import { truncateEnd, truncateMiddle } from '../terminal/truncate.js';
import { progressBar } from './progress-bar.js';
import type { RunFigures } from './run-figures.js';
import type { ChunkInWork, RunTally } from './run-tally.js';
import { counted } from '../../core/text/counted.js';

/** Columns of `read` and `load`; of `fetch`, where there is such a bar. */
const LABEL = 4;
const FETCH_LABEL = 5;
const PERCENT = 5;
const GAP = 2;
const BAR_MAX = 40;
const BAR_MIN = 8;
/** Share of the bytes from which the number of all records can be guessed. */
const ESTIMATE_FROM = 0.02;

interface Total {
  readonly number: string;
  readonly word: string;
  readonly paint?: (text: string) => string;
}

/**
 * Lays out the block: what is in work, a bar per stage, the totals. Columns that have grown do not shrink again, so
 * that the block holds still while its figures change.
 */
export class BarBlock {
  readonly #style: Style;
  readonly #unicode: boolean;
  readonly #ellipsis: string;
  readonly #widths: number[] = [];
  #detailWidth = 0;
  #label = LABEL;

  constructor(style: Style, unicode: boolean) {
    this.#style = style;
    this.#unicode = unicode;
    this.#ellipsis = unicode ? '…' : '...';
  }

  /** Lines of at most `columns` columns. */
  lines(tally: RunTally, figures: RunFigures, columns: number): string[] {
    const fetch = tally.fetchesPlanned === 0 ? null : fetchDetail(tally, figures);
    this.#label = fetch === null ? LABEL : FETCH_LABEL;
    const read = readDetail(tally, figures);
    const load = loadDetail(tally);
    this.#detailWidth = Math.max(this.#detailWidth, read.length, load.length, fetch?.length ?? 0);
    return [
      // sets the block apart from what scrolls away above it
      '',
      this.#inWork(tally, columns),
      // what has to be fetched first is read from the disk at once: a bar of its own would only repeat the next one
      fetch === null
        ? this.#bar('read', tally.readShare, read, columns)
        : this.#bar('fetch', tally.fetchedShare, fetch, columns),
      this.#bar('load', tally.storedShare, load, columns),
      ...this.#flow(totals(tally, figures, this.#style, this.#unicode), columns),
    ];
  }

  #inWork(tally: RunTally, columns: number): string {
    const [first] = tally.inWork.values();
    if (first === undefined) {
      const [fetched] = tally.inFetch.values();
      if (fetched !== undefined) return this.#fetching(fetched, columns);
      const word = tally.chunksDone > 0 && tally.chunksDone >= tally.chunksPlanned ? 'finishing' : 'starting';
      return this.#style.dim(truncateEnd(word, columns, this.#ellipsis));
    }
    const others = tally.inWork.size - 1;
    const about = truncateEnd(
      [kind(first), others > 0 ? `+${formatCount(others)} more` : ''].filter((part) => part !== '').join('  '),
      Math.floor(columns / 2),
      this.#ellipsis,
    );
    const room = columns - (about === '' ? 0 : about.length + GAP);
    const name = truncateMiddle(sanitize(first.source), room, this.#ellipsis);
    return about === '' ? name : `${name}  ${this.#style.dim(about)}`;
  }

  #fetching(source: string, columns: number): string {
    const word = 'fetching  ';
    const name = truncateMiddle(sanitize(source), columns - word.length, this.#ellipsis);
    return `${this.#style.dim(word)}${name}`;
  }

  #bar(label: string, share: number | null, detail: string, columns: number): string {
    const { dim } = this.#style;
    const head = padRight(label, this.#label);
    if (share === null) return truncateEnd(`${head}  ${detail}`, columns, this.#ellipsis);
    const percent = padLeft(formatPercent(share), PERCENT);
    const room = columns - this.#label - GAP - GAP - PERCENT;
    const withDetail = Math.min(BAR_MAX, room - GAP - this.#detailWidth);
    const width = withDetail >= BAR_MIN ? withDetail : Math.min(BAR_MAX, room);
    if (width < BAR_MIN) return truncateEnd(`${head}  ${percent.trim()}`, columns, '');
    const bar = `${head}  ${progressBar(share, width, this.#style, this.#unicode)}  ${percent}`;
    return withDetail >= BAR_MIN && detail !== '' ? `${bar}  ${dim(detail)}` : bar;
  }

  /** Puts the totals into as few lines as they fit in, each in a column of its own. */
  #flow(items: readonly Total[], columns: number): string[] {
    const lines: string[] = [];
    let line = '';
    let used = 0;
    items.forEach(({ number, word, paint }, i) => {
      const text = `${number} ${word}`;
      const width = Math.max(this.#widths[i] ?? 0, text.length);
      this.#widths[i] = width;
      if (used > 0 && used + 3 + width > columns) {
        lines.push(line.trimEnd());
        line = '';
        used = 0;
      }
      const shown = truncateEnd(text, columns, this.#ellipsis);
      const painted = shown === text ? `${(paint ?? keep)(number)} ${this.#style.dim(word)}` : shown;
      line += `${used > 0 ? '   ' : ''}${painted}${' '.repeat(width - Math.min(width, text.length))}`;
      used += (used > 0 ? 3 : 0) + width;
    });
    return [...lines, line.trimEnd()];
  }
}

const keep = (text: string): string => text;

const kind = ({ dataset, schema }: ChunkInWork): string =>
  dataset === null ? '' : sanitize([dataset, schema ?? ''].join(' ').trim());

/** `12 of 20 chunks  1.27 GiB  21 MiB/s` */
function fetchDetail(tally: RunTally, figures: RunFigures): string {
  const { fetchesDone, fetchesPlanned, bytesFetched } = tally;
  const chunks = `${formatCount(fetchesDone)} of ${counted(fetchesPlanned, 'chunk', formatCount(fetchesPlanned))}`;
  return `${chunks}  ${formatBytes(bytesFetched)}  ${formatByteRate(figures.fetchedBytesPerSecond)}`;
}

/** `1.27 of 1.87 GiB  210 MiB/s` */
function readDetail(tally: RunTally, figures: RunFigures): string {
  const rate = formatByteRate(figures.bytesPerSecond);
  if (tally.bytesTotal === null) return `${formatBytes(tally.bytesRead)}  ${rate}`;
  const total = splitBytes(tally.bytesTotal);
  const read = splitBytes(Math.min(tally.bytesRead, tally.bytesTotal), tally.bytesTotal);
  return `${read.number} of ${total.number} ${total.unit}  ${rate}`;
}

/** `about 61,000,000 records`: what is read so far, taken on to the end; what is stored where no end is known. */
function loadDetail(tally: RunTally): string {
  const read = tally.readShare;
  if (read === null) return counted(tally.stored, 'record', formatCount(tally.stored));
  if (read < ESTIMATE_FROM || tally.decoded === 0) return '';
  if (read >= 1) return counted(tally.decoded, 'record', formatCount(tally.decoded));
  return `about ${formatCount(Number((tally.decoded / read).toPrecision(2)))} records`;
}

function totals(tally: RunTally, figures: RunFigures, style: Style, unicode: boolean): Total[] {
  const { chunksDone, chunksPlanned, chunksFailed, rejected } = tally;
  const wholeSeconds = Math.floor(figures.elapsedMs / 1000) * 1000;
  const [rate = '', ...rateUnit] = formatRecordRate(figures.recordsPerSecond).split(' ');
  const eta = formatEta(figures.etaMs, unicode).replace(/ left$/, '');
  return [
    { number: `${formatCount(chunksDone)} of ${formatCount(chunksPlanned)}`, word: 'chunks' },
    { number: formatCount(tally.decoded), word: 'records read' },
    { number: formatCount(tally.stored), word: 'stored' },
    {
      number: formatCount(chunksFailed),
      word: chunksFailed === 1 ? 'error' : 'errors',
      ...(chunksFailed > 0 && { paint: style.red }),
    },
    { number: formatCount(rejected), word: 'quarantined', ...(rejected > 0 && { paint: style.yellow }) },
    { number: rate, word: rateUnit.join(' ') },
    { number: formatDuration(wholeSeconds), word: 'elapsed' },
    { number: eta, word: 'left' },
    { number: formatBytes(figures.memoryBytes), word: 'memory' },
  ];
}
