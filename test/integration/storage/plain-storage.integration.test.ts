import { expect } from 'chai';
import { createTickloom, RecordingReporter, type Tickloom, type TickloomOptions } from '../../../src/index.js';
import { exportDatabase } from '../../support/export-database.js';
import { notesOf } from '../../support/notes-of.js';
import { thrown, rejected } from '../../support/thrown.js';
import { trades, tradesFile } from '../../support/trade-file.js';
import { VerifiedDatabase } from '../../support/verified-database.js';

describe('storage without TimescaleDB', function () {
  this.timeout(120_000);
  let held: VerifiedDatabase;

  before(async () => {
    held = await VerifiedDatabase.create(18);
  });
  after(() => held.close());

  it('is plain tables by itself, and doctor and db status say why', async () => {
    await held.ingest('plain.dbn', tradesFile(trades(10)));
    const status = await held.tickloom.database.status();
    expect(status.storage).to.deep.equal({ kind: 'plain', detail: 'the server does not have TimescaleDB' });
    const rows = status.tables.find(({ name }) => name === 'trades');
    expect(rows).to.include({ empty: false, partitions: null });
    const checks = await held.tickloom.doctor();
    expect(checks.find(({ name }) => name === 'storage')).to.deep.equal({
      name: 'storage',
      status: 'ok',
      detail: 'new tables are plain tables: the server does not have TimescaleDB',
      hint: null,
    });
  });

  it('is refused where hypertables are demanded, also when all tables are there', async () => {
    const demanding = held.open({ storage: 'timescale' });
    for (const call of [
      () => demanding.ingest({ paths: [`${held.folder}/plain.dbn`] }),
      () => demanding.database.migrate(),
      () => demanding.verify(),
    ]) {
      const error = await rejected(call());
      expect(error).to.include({ code: 'STORAGE_UNAVAILABLE', action: 'fix' });
      expect(error.message).to.contain('the server does not have TimescaleDB');
    }
    const checks = await demanding.doctor();
    expect(checks.find(({ name }) => name === 'storage')).to.include({ status: 'failed', code: 'STORAGE_UNAVAILABLE' });
  });

  it('is as good where plain tables are asked for', async () => {
    const checks = await held.open({ storage: 'plain' }).doctor();
    expect(checks.find(({ name }) => name === 'storage')).to.include({ status: 'ok' });
  });

  it('compresses nothing, says so, and loads all the same', async () => {
    const reporter = new RecordingReporter();
    const path = await held.file('plain.dbn', tradesFile(trades(10)));
    const { status } = await held.open({ compressAfter: '7d' }).ingest({ paths: [path] }, { reporter });
    expect(status).to.equal('complete');
    expect(notesOf(reporter)).to.include('nothing is compressed: the server does not have TimescaleDB');
  });

  it('is refused where the tables themselves are to be compressed', async () => {
    const error = await rejected(held.open({ compressAfter: '7d' }).database.migrate());
    expect(error).to.include({ code: 'STORAGE_UNAVAILABLE', action: 'fix' });
    expect(error.message).to.equal('nothing is compressed: the server does not have TimescaleDB');
    expect(error.hint).to.match(/leave out .*--compress-after\.$/);
  });

  it('moves no table without being told to', async () => {
    const tickloom: Tickloom = createTickloom({ database: await exportDatabase(18) });
    expect(await tickloom.database.migrate()).to.deep.equal({ applied: [], moved: [], intervals: [], bars: [] });
    await tickloom.close();
  });

  it('refuses spans that are none, before anything is opened', () => {
    const refused: [TickloomOptions, RegExp][] = [
      [{ chunkIntervals: { trades: 'week' } }, /the chunk interval of "trades" is "week", expected a number of hours/],
      [{ chunkIntervals: { trades: '0h' } }, /an hour or more/],
      [{ bars: ['5m' as '1m'] }, /the length of bars is "5m", expected one of 1s, 1m, 1h, 1d$/],
      [{ compressAfter: '7 days' }, /the age to compress after is "7 days", expected a number of hours, days or weeks/],
    ];
    for (const [options, message] of refused) {
      const error = thrown(() => createTickloom(options));
      expect(error.code).to.equal('CONFIG_INVALID');
      expect(error.message).to.match(message);
    }
  });
});
