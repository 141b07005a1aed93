import { expect } from 'chai';
import { checkCall, checkKeys, type KeysOf } from '../../../src/composition/known-keys.js';
import { createTickloom, type IngestRequest, type TickloomOptions } from '../../../src/index.js';
import { rejected, thrown } from '../../support/thrown.js';

interface Example {
  readonly name?: string;
  readonly parts?: readonly string[];
  readonly size?: 'small' | 'large';
  readonly often?: number;
  readonly spending?: { readonly maxCost?: string };
}

const KNOWN: KeysOf<Example> = {
  name: 'any',
  parts: 'list',
  size: ['small', 'large'],
  often: 'count',
  spending: { maxCost: 'any' },
};
const check = (value: unknown) => thrown(() => checkKeys('example', value as Example, KNOWN));

const first = (texts: AsyncIterable<string>) => texts[Symbol.asyncIterator]().next();

describe('keys of options and requests', () => {
  it('are taken when they are known, also without a value', () => {
    checkKeys('example', { name: 'a', parts: [], spending: { maxCost: '1' } }, KNOWN);
    checkKeys('example', { name: undefined, parts: undefined, spending: undefined }, KNOWN);
    checkKeys('example', {}, KNOWN);
  });

  it('are refused with the nearest one that is known', () => {
    expect(check({ nmae: 'a' })).to.include({
      code: 'USAGE',
      message: 'unknown key "nmae" of example',
      hint: 'Write "name", or remove it.',
    });
    expect(check({ nmae: 'a' }).context).to.deep.equal({ key: 'nmae' });
  });

  it('are listed when none is near', () => {
    expect(check({ zzzzzzzz: 1 }).hint).to.equal('Use name, parts, size, often, spending.');
    expect(check({ constructor: 1 }).message).to.equal('unknown key "constructor" of example');
  });

  it('are looked at inside of nested objects', () => {
    expect(check({ spending: { maxcost: '1' } })).to.include({
      message: 'unknown key "spending.maxcost" of example',
      hint: 'Write "maxCost", or remove it.',
    });
    expect(check({ spending: '1' }).message).to.equal('"spending" of example takes an object and was given a string');
  });

  it('are refused with one value where a list belongs', () => {
    expect(check({ parts: 'a' })).to.include({
      message: '"parts" of example is a string, expected a list',
      hint: 'Write parts: [ … ].',
    });
  });

  it('are refused with a value that they cannot have', () => {
    checkKeys('example', { size: 'small', often: 1 }, KNOWN);
    expect(check({ size: 'huge' }).message).to.equal('"size" of example is "huge", expected one of small, large');
    for (const often of [0, 1.5, Number.NaN, '2', null]) {
      expect(check({ often }).message).to.match(/^"often" of example is .*, expected a whole number, 1 or more$/);
    }
  });

  it('belong to an object', () => {
    for (const [value, kind] of [
      ['a.dbn', 'a string'],
      [['a.dbn'], 'a list'],
      [null, 'nothing'],
      [undefined, 'nothing'],
    ]) {
      expect(check(value).message).to.equal(`example takes an object and was given ${String(kind)}`);
    }
  });

  it('are those of the call in the options beside a request', () => {
    const call = { signal: AbortSignal.abort(), onNote: () => undefined, reporter: undefined };
    checkCall('example', {}, KNOWN, call);
    expect(thrown(() => checkCall('example', {}, KNOWN, { signl: 1 }))).to.include({
      message: 'unknown option "signl" of example',
      hint: 'Write "signal", or remove it.',
    });
  });
});

describe('createTickloom and its methods', () => {
  it('refuse options that there are not', () => {
    const error = thrown(() => createTickloom({ databse: 'embedded' } as TickloomOptions));
    expect(error).to.include({
      code: 'USAGE',
      message: 'unknown option "databse" of createTickloom',
      hint: 'Write "database", or remove it.',
    });
    expect(error.context).to.deep.equal({ option: 'databse' });
    const url = thrown(() => createTickloom('postgresql://localhost/ticks' as TickloomOptions));
    expect(url.message).to.equal('createTickloom takes an object and was given a string');
  });

  it('refuse keys of a request that there are not, before anything is opened', async () => {
    const tickloom = createTickloom({ database: 'postgresql://nobody@127.0.0.1:1/none' });
    const wrong = { path: 'a.dbn' } as unknown as IngestRequest;
    const calls: [name: string, promise: Promise<unknown>][] = [
      ['ingest', tickloom.ingest(wrong)],
      ['plan', tickloom.plan({ path: 'a' } as never)],
      ['decode', first(tickloom.decode({ path: 'a', formt: 'csv' } as never))],
      ['metadata', tickloom.metadata({ paths: 'a' } as never)],
      ['export', tickloom.export({ shema: 'trades' } as never)],
      ['verify', tickloom.verify({ deap: true } as never)],
      ['runs.list', tickloom.runs.list({ limt: 1 } as never)],
      ['coverage', tickloom.coverage({ symbol: 'A' } as never)],
      ['staleCoverage', tickloom.staleCoverage({ symbol: 'A' } as never)],
      ['symbols.resolve', tickloom.symbols.resolve({ symbol: 'A' } as never)],
      ['archive.list', tickloom.archive.list({ data: 'A' } as never)],
      ['archive.verify', tickloom.archive.verify({ data: 'A' } as never)],
      ['batch.submit', tickloom.batch.submit({ requst: {} } as never)],
      ['batch.list', tickloom.batch.list({ state: 'done' } as never)],
      ['batch.download', tickloom.batch.download({ id: 'a' } as never)],
      ['quarantine.list', tickloom.quarantine.list({ chunk: 1 } as never)],
      ['quarantine.replay', tickloom.quarantine.replay({ id: 1 } as never)],
      ['quarantine.drop', tickloom.quarantine.drop({ id: 1 } as never)],
      ['sample', tickloom.sample({ schem: 'trades' } as never)],
      ['scaffold', tickloom.scaffold({ nam: 'a' } as never)],
    ];
    for (const [name, promise] of calls) {
      const { code, message } = await rejected(promise);
      expect(code, name).to.equal('USAGE');
      expect(message).to.match(new RegExp(`^unknown key "\\w+" of ${name}$`));
    }
    expect((await rejected(tickloom.ingest(wrong))).hint).to.equal('Write "paths", or remove it.');
  });

  it('take for a plan what an ingest takes', async () => {
    const tickloom = createTickloom({ database: 'postgresql://nobody@127.0.0.1:1/none' });
    const { code } = await rejected(tickloom.plan({ paths: ['nosuch.dbn'], concurrency: 2 } as IngestRequest));
    expect(code).to.equal('PATH_NOT_FOUND');
  });
});
