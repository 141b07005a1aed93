import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { sampled } from '../../src/testing/index.js';
import type { ChunkReport, RunReport } from '../../src/index.js';
import { ApiDesk } from '../support/api-desk.js';
import { PACKAGE_ROOT } from '../support/run-cli.js';

type Message = Readonly<Record<string, unknown>> & { readonly message_type: string };

const COMMAND = [
  ...['ingest', '--api', 'databento', '--dataset', 'GLBX.MDP3', '--schema', 'trades', '--symbols', 'ES.c.0'],
  ...['--start', '2024-01-08', '--end', '2024-01-13', '--chunk', 'day', '--progress', 'json', '--json'],
];

/** Fields of each message besides `message_type` and `time`. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  run_started: ['run_id', 'chunks', 'bytes'],
  fetch_started: ['chunk', 'source'],
  fetch_finished: ['chunk'],
  chunk_started: ['chunk', 'source', 'bytes'],
  header_read: ['chunk', 'dataset', 'schema'],
  progress: ['elapsed_ms', 'eta_ms', 'chunks', 'bytes', 'records', 'records_per_second', 'rss_bytes'],
  chunk_finished: ['chunk', 'report'],
  run_finished: ['report'],
  note: ['level', 'text'],
};

describe('progress as JSON of a run through the API', function () {
  this.timeout(120_000);
  let desk: ApiDesk;

  before(async () => {
    const market = sampled({ start: '2024-01-08', end: '2024-01-20', roots: ['ES'], recordsPerDay: 300 });
    desk = await ApiDesk.open({ datasets: { 'GLBX.MDP3': market } });
  });
  after(() => desk.close());

  /** Runs the command, and reads what it wrote. */
  async function follow(...more: string[]): Promise<{ messages: Message[]; report: RunReport }> {
    const { code, stdout, stderr } = await desk.run([...COMMAND, ...more]);
    expect(code, stderr).to.equal(0);
    const messages = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Message);
    return { messages, report: JSON.parse(stdout) as RunReport };
  }
  const of = (messages: readonly Message[], type: string): Message[] =>
    messages.filter(({ message_type }) => message_type === type);

  it('is a stream of the documented messages, in their order, that adds up to the report', async () => {
    const documented = await readFile(join(PACKAGE_ROOT, 'docs/progress-json.md'), 'utf8');
    const { messages, report } = await follow('--concurrency', '2');
    for (const { message_type: type, time, ...fields } of messages) {
      expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Object.keys(fields), type).to.deep.equal(FIELDS[type]);
      expect(documented).to.contain(`\n| \`${type}\` |`);
    }
    // Each kind comes that a good run has; rejected records and the error of a command do not.
    expect(Object.keys(FIELDS).filter((type) => of(messages, type).length === 0)).to.deep.equal([]);

    const types = messages.map(({ message_type }) => message_type);
    const [started] = of(messages, 'run_started');
    expect(started).to.include({ run_id: report.run_id, chunks: report.chunks.planned });
    expect(types.filter((type) => type === 'run_started' || type === 'run_finished')).to.have.lengthOf(2);
    expect(types.slice(0, types.indexOf('run_started')).every((type) => type === 'note')).to.equal(true);
    expect(types.at(-1)).to.equal('run_finished');
    expect(of(messages, 'run_finished')[0]?.['report']).to.deep.equal(report);

    const last = of(messages, 'progress').at(-1);
    const { planned, failed } = report.chunks;
    expect(last).to.deep.include({ chunks: { planned, done: planned, failed } });
    expect(last?.['bytes']).to.include({ read: report.bytes.read, fetched: report.bytes.downloaded });
    const { decoded, loaded, quarantined } = report.records;
    expect(last?.['records']).to.deep.equal({ decoded, stored: loaded, quarantined });
    expect(types.at(-2)).to.equal('progress');
    expect(loaded).to.be.above(0);
    expect(report.bytes.downloaded).to.be.above(0);
  });

  it('tells the life of each chunk, from its fetching to its report', async () => {
    await desk.replaceDatabase();
    await desk.forgetArchive();
    const { messages, report } = await follow('--concurrency', '2');
    const chunks = [...report.details.keys()];
    expect(of(messages, 'chunk_finished').map(({ chunk }) => chunk)).to.have.members(chunks);
    for (const chunk of chunks) {
      const life = messages.filter((message) => message['chunk'] === chunk);
      const places = life.map(({ message_type }) => message_type);
      const finished = life.at(-1)?.['report'] as ChunkReport;
      expect(finished).to.deep.equal(report.details[chunk]);
      // A stretch without a session is covered without being fetched or read.
      if (finished.records.decoded === 0) continue;
      expect(places.slice().sort()).to.deep.equal(
        ['chunk_finished', 'chunk_started', 'fetch_finished', 'fetch_started', 'header_read'].sort(),
      );
      const at = (type: string): number => places.indexOf(type);
      expect(at('fetch_started') < at('fetch_finished')).to.equal(true);
      expect(at('fetch_finished') < at('header_read') && at('chunk_started') < at('header_read')).to.equal(true);
      const sources = life.flatMap((message) => ('source' in message ? [message['source']] : []));
      expect(sources).to.deep.equal([finished.source, finished.source]);
      expect(life.find((message) => 'dataset' in message)).to.include({ dataset: 'GLBX.MDP3', schema: 'trades' });
    }
  });

  it('has no fetch where the archive has it all, and no chunk where the database has it', async () => {
    const there = await follow();
    expect(of(there.messages, 'fetch_started')).to.deep.equal([]);
    expect(there.report.records.decoded).to.equal(0);
    await desk.replaceDatabase();
    const rebuilt = await follow();
    expect(of(rebuilt.messages, 'fetch_started')).to.deep.equal([]);
    expect(rebuilt.report.records.loaded).to.be.above(0);
    expect(rebuilt.report.bytes.downloaded).to.equal(0);
  });
});
