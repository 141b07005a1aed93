import { execFileSync } from 'node:child_process';
import { expect } from 'chai';

const MODULE = new URL('../../../../../src/adapters/postgres/connection/load-pg.js', import.meta.url).href;

describe('loading the driver', () => {
  it('leaves the globals as they were, and gives the one that others import', () => {
    const script = `
      const { loadPg } = await import(${JSON.stringify(MODULE)});
      const before = Object.getOwnPropertyDescriptor(globalThis, 'Response');
      const pg = loadPg();
      const after = Object.getOwnPropertyDescriptor(globalThis, 'Response');
      const same = Object.keys(before).every((key) => before[key] === after[key]);
      const { default: imported } = await import('pg');
      process.stdout.write([same, imported.Pool === pg.Pool, new Response('x').status].join());`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: new URL('../../../../../../', import.meta.url),
    });
    expect(said.toString()).to.equal('true,true,200');
  });
});
