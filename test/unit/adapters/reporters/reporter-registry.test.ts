import { expect } from 'chai';
import {
  BarReporter,
  CountingReporter,
  JsonReporter,
  PlainReporter,
  RecordingReporter,
  ReporterRegistry,
  SilentReporter,
} from '../../../../src/adapters/reporters/index.js';
import { isTickloomError, type TickloomError } from '../../../../src/core/errors/index.js';
import type { ReporterDefinition, ReporterSettings } from '../../../../src/core/progress/reporter-definition.js';
import { RecordingStream } from '../../../../src/testing/recording-stream.js';
import { failedChunk, note, runStarted } from '../../../support/made-up-run.js';

const settings = (redrawable: boolean, stream = new RecordingStream()): ReporterSettings => ({
  stream,
  columns: () => 80,
  redrawable,
  color: false,
  unicode: true,
  verbose: false,
});

function thrownBy(action: () => unknown): TickloomError {
  try {
    action();
  } catch (error) {
    if (isTickloomError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const mine = (name: string): ReporterDefinition => ({
  name,
  description: 'a reporter of a plugin',
  create: () => new RecordingReporter(),
});

describe('the registry of reporters', () => {
  const registry = new ReporterRegistry();

  it('makes bars where a person looks at a terminal, and plain lines elsewhere', () => {
    expect(registry.create({ interactive: true }, settings(true))).to.be.instanceOf(BarReporter);
    expect(registry.create({ name: 'auto', interactive: false }, settings(true))).to.be.instanceOf(PlainReporter);
  });

  it('makes what is asked for by name', () => {
    const make = (name: string, redrawable = true) =>
      registry.create({ name, interactive: false }, settings(redrawable));
    expect(make('bar')).to.be.instanceOf(BarReporter);
    expect(make('plain')).to.be.instanceOf(PlainReporter);
    expect(make('json')).to.be.instanceOf(JsonReporter);
    expect(make('none')).to.be.instanceOf(SilentReporter);
  });

  it('makes plain lines of bars that cannot be drawn', () => {
    expect(registry.create({ name: 'bar', interactive: true }, settings(false))).to.be.instanceOf(PlainReporter);
  });

  it('refuses an unknown name and lists the known ones', () => {
    const error = thrownBy(() => registry.create({ name: 'bars', interactive: true }, settings(true)));
    expect(error.code).to.equal('REPORTER_UNKNOWN');
    expect(error.message).to.equal('unknown progress reporter "bars"; known: auto, bar, plain, json, none');
  });

  it('takes reporters of plugins', () => {
    const extended = new ReporterRegistry([mine('mine')]);
    expect(extended.names()).to.include('mine');
    expect(extended.list().map(({ name }) => name))
      .to.include('mine')
      .and.not.to.include('auto');
    expect(extended.create({ name: 'mine', interactive: true }, settings(true))).to.be.instanceOf(RecordingReporter);
  });

  it('refuses a name that is taken, or is none', () => {
    expect(thrownBy(() => new ReporterRegistry([mine('bar')])).message).to.match(
      /"bar" \(built in\): the name is taken \(built in\)$/,
    );
    expect(thrownBy(() => new ReporterRegistry([mine('auto')])).code).to.equal('PLUGIN_INVALID');
    const broken = { ...mine('mine'), create: undefined } as unknown as ReporterDefinition;
    expect(thrownBy(() => new ReporterRegistry([broken])).message).to.match(/it has no create function$/);
    const silent = { ...mine('mine'), description: undefined } as unknown as ReporterDefinition;
    expect(thrownBy(() => new ReporterRegistry([silent])).message).to.match(/it has no description$/);
    const same = mine('mine');
    expect(new ReporterRegistry([same, same]).names().filter((name) => name === 'mine')).to.have.length(1);
    expect(thrownBy(() => new ReporterRegistry([mine('My Reporter')])).message).to.match(/not a lower-case word$/);
  });
});

describe('quiet', () => {
  const told = async (name: string): Promise<string> => {
    const stream = new RecordingStream();
    const reporter = new ReporterRegistry().create({ name, quiet: true, interactive: true }, settings(true, stream));
    reporter.report(runStarted(1, 10));
    reporter.report(note('warning', 'careful'));
    reporter.report(note('error', 'it broke'));
    reporter.report(failedChunk(0, 'a.dbn'));
    await reporter.close();
    return stream.text;
  };

  it('lets through errors and failed chunks, and draws nothing', async () => {
    expect(await told('auto')).to.equal('error: it broke\nfailed: "a.dbn" is not a DBN file\n');
  });

  it('stays JSON where JSON was asked for', async () => {
    const types = (await told('json'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { message_type: string }).message_type);
    expect(types).to.deep.equal(['note', 'chunk_finished']);
  });

  it('is silent with none', async () => expect(await told('none')).to.equal(''));
});

describe('reporters that show nothing', () => {
  it('record events by type', async () => {
    const reporter = new RecordingReporter();
    reporter.report(note('info', 'one'));
    reporter.report(runStarted(1, 2));
    expect(reporter.of('note').map(({ text }) => text)).to.deep.equal(['one']);
    expect(reporter.events).to.have.length(2);
    await reporter.close();
    expect(reporter.closed).to.equal(true);
  });

  it('count events and add up figures', async () => {
    const reporter = new CountingReporter();
    reporter.report(runStarted(1, 100));
    for (const bytes of [20, 30]) reporter.report({ type: 'bytes_read', chunk: 0, bytes });
    expect(reporter.events).to.deep.equal({ run_started: 1, bytes_read: 2 });
    expect(reporter.tally.readShare).to.equal(0.5);
    await reporter.close();
    expect(reporter.closed).to.equal(true);
  });
});
