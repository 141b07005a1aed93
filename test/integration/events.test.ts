import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  createTickloom,
  RecordingReporter,
  type EventCall,
  type ProgressEvent,
  type Tickloom,
} from '../../src/index.js';
import { memorySink } from '../support/memory-sink.js';
import { thrown } from '../support/thrown.js';
import { trades, tradesFile } from '../support/trade-file.js';

describe('events', () => {
  let folder: string;
  let first: string;
  let second: string;
  let tickloom: Tickloom;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-events-'));
    [first, second] = [join(folder, 'a.dbn'), join(folder, 'b.dbn')];
    await writeFile(first, tradesFile(trades(20)));
    await writeFile(second, tradesFile(trades(5)).subarray(0, -7));
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(() => {
    const { sink, ledger } = memorySink();
    tickloom = createTickloom({ replace: { sink: () => sink, ledger: () => ledger } });
  });
  afterEach(() => tickloom.close());

  it('come to all who have subscribed, in order, the same as to the reporter of the call', async () => {
    const all: ProgressEvent[] = [];
    const rows: number[] = [];
    tickloom.on('*', (event) => all.push(event));
    tickloom.on('rows_stored', (event) => rows.push(event.rows));
    const reporter = new RecordingReporter();
    await tickloom.ingest({ paths: [first] }, { reporter });
    expect(all).to.deep.equal(reporter.events);
    expect(all.map(({ type }) => type).filter((type) => !/bytes|records/.test(type))).to.deep.equal([
      'run_started',
      'chunk_started',
      'header_read',
      'rows_stored',
      'chunk_finished',
      'run_finished',
    ]);
    expect(rows).to.deep.equal([20]);
  });

  it('say which call they are of, when several are at work', async () => {
    const requests = [{ paths: [first] }, { paths: [second] }];
    const told: [type: string, call: EventCall][] = [];
    tickloom.on('*', ({ type }, call) => told.push([type, call]));
    const reports = await Promise.all(requests.map((request) => tickloom.ingest(request)));
    for (const [index, request] of requests.entries()) {
      const own = told.filter(([, call]) => call.request === request);
      expect(own.map(([type]) => type)).to.include.members(['run_started', 'chunk_finished', 'run_finished']);
      expect(new Set(own.map(([, { method, runId }]) => `${method} ${String(runId)}`))).to.deep.equal(
        new Set([`ingest ${String(reports[index]?.run_id)}`]),
      );
    }
    expect(reports.map(({ status }) => status)).to.deep.equal(['complete', 'failed']);
  });

  it('come no more once a subscription has ended, also to one who ends while being told', async () => {
    const told: string[] = [];
    const end = tickloom.on('run_started', () => told.push('always ended'));
    const endInside = tickloom.on('chunk_started', () => {
      told.push('once');
      endInside();
    });
    tickloom.on('chunk_started', () => told.push('beside it'));
    tickloom.on('chunk_started', () => endLater());
    const endLater = tickloom.on('chunk_started', () => told.push('ended by another'));
    end();
    end();
    await tickloom.ingest({ paths: [first] });
    await tickloom.ingest({ paths: [first] });
    expect(told).to.deep.equal(['once', 'beside it', 'beside it']);
  });

  it('do not stop a run where a listener or a reporter throws, which a note says', async () => {
    const notes: string[] = [];
    let calls = 0;
    tickloom.on('*', () => {
      calls++;
      throw new Error('out of paper');
    });
    tickloom.on('note', ({ level, text }) => notes.push(`${level}: ${text}`));
    const reporter = {
      report: () => {
        throw new Error('out of ink');
      },
      close: async () => undefined,
    };
    const { status, records } = await tickloom.ingest({ paths: [first] }, { reporter });
    expect([status, records.loaded, calls]).to.deep.equal(['complete', 20, 1]);
    expect(notes).to.deep.equal([
      'warning: the progress reporter failed, and is told no more: out of ink',
      'warning: a listener to "*" failed, and is told no more: out of paper',
    ]);
  });

  it('are not those of another instance', async () => {
    const { sink, ledger } = memorySink();
    const other = createTickloom({ replace: { sink: () => sink, ledger: () => ledger } });
    other.on('*', () => expect.fail('told of another instance'));
    const types = new Set<string>();
    tickloom.on('*', ({ type }) => types.add(type));
    await tickloom.ingest({ paths: [first] });
    expect(types).to.include('run_finished');
    await other.close();
  });

  it('that there are not are refused with those that there are', () => {
    expect(thrown(() => tickloom.on('chunk_done' as 'note', () => undefined)))
      .to.include({ code: 'USAGE', message: 'cannot subscribe to "chunk_done": no event is called "chunk_done"' })
      .and.have.property('hint')
      .that.contains('chunk_finished, run_finished, note, *');
    expect(() => tickloom.on('note', undefined as never)).to.throw('the listener is no function');
  });
});
