import { expect } from 'chai';
import {
  describeTimescale,
  type ExtensionRow,
  timescaleState,
} from '../../../../../src/adapters/postgres/timescale/extension.js';
import { describeStorage, timescaleFor } from '../../../../../src/adapters/postgres/timescale/table-storage.js';
import { thrown } from '../../../../support/thrown.js';

const row = (more: Partial<ExtensionRow> = {}): ExtensionRow => ({
  available: '2.28.3',
  version: '2.28.3',
  schema: 'public',
  licence: 'timescale',
  ...more,
});
const absent = timescaleState(row({ available: null, version: null, schema: null, licence: null }));
const notCreated = timescaleState(row({ version: null, schema: null, licence: null }));

describe('what a database knows of TimescaleDB', () => {
  it('is usable from version 2.14 on', () => {
    for (const version of ['2.14.0', '2.14.2', '2.28.3', '2.30.0-dev', '2.100']) {
      expect(timescaleState(row({ version })), version).to.deep.equal({
        kind: 'usable',
        timescale: { version, schema: 'public', community: true },
      });
    }
  });

  it('is refused in any other version, with a sentence', () => {
    for (const version of ['2.13.1', '2.9.0', '1.7.5', '3.0.0', 'weird']) {
      const state = timescaleState(row({ version }));
      expect(state.kind, version).to.equal('refused');
      expect(describeTimescale(state)).to.match(/^the database has TimescaleDB \S+; 2\.14 and later versions of 2 are/);
    }
  });

  it('is to be updated where it is older, and Tickloom where it is newer', () => {
    const hint = (version: string): string => (timescaleState(row({ version })) as { hint: string }).hint;
    expect(hint('2.13.1')).to.match(/^Install a supported version .* "alter extension timescaledb update"\.$/);
    expect(hint('3.0.0')).to.match(/^Update Tickloom /);
  });

  it('is refused where the server has not loaded its library', () => {
    const state = timescaleState(row({ licence: null }));
    expect(state).to.include({ kind: 'refused' });
    expect((state as { hint: string }).hint).to.match(/shared_preload_libraries/);
  });

  it('has no compression under the Apache licence', () => {
    const state = timescaleState(row({ licence: 'apache' }));
    expect(state.kind === 'usable' && state.timescale.community).to.equal(false);
    expect(describeTimescale(state)).to.equal('TimescaleDB 2.28.3 under the Apache licence, which has no compression');
  });

  it('tells an extension that was not created from one that is not there', () => {
    expect(absent.kind).to.equal('absent');
    expect(notCreated).to.include({ kind: 'not created', hint: 'Run "create extension timescaledb" in the database.' });
    expect(describeTimescale(notCreated)).to.equal('TimescaleDB 2.28.3 is on the server, and not in this database');
  });
});

describe('the storage of new tables', () => {
  const usable = timescaleState(row());

  it('is hypertables where they can be had, unless plain tables are asked for', () => {
    expect(timescaleFor('auto', usable)?.version).to.equal('2.28.3');
    expect(timescaleFor('timescale', usable)?.version).to.equal('2.28.3');
    expect(timescaleFor('plain', usable)).to.equal(null);
    expect(describeStorage({ asked: 'auto', state: usable })).to.deep.equal({
      kind: 'timescale',
      detail: 'TimescaleDB 2.28.3',
    });
    expect(describeStorage({ asked: 'plain', state: usable }).kind).to.equal('plain');
  });

  it('is plain tables elsewhere, and an error where hypertables are demanded', () => {
    expect(timescaleFor('auto', absent)).to.equal(null);
    expect(describeStorage({ asked: 'auto', state: absent }).kind).to.equal('plain');
    const error = thrown(() => timescaleFor('timescale', notCreated));
    expect(error).to.include({ code: 'STORAGE_UNAVAILABLE', hint: (notCreated as { hint: string }).hint });
    expect(error.message).to.match(/"timescale" cannot be had: TimescaleDB 2\.28\.3 is on the server, and not in this/);
  });
});
