import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { asTickloomError, ERROR_ACTIONS, isTickloomError, TickloomError } from '../../../../src/core/errors/index.js';

describe('TickloomError', () => {
  it('knows by its code what a run does about it', () => {
    const error = new TickloomError('DECODE_TRUNCATED', 'cut', { hint: 'Fetch it again.', context: { byte: 7 } });
    expect(error).to.include({ action: 'fail-chunk', hint: 'Fetch it again.' });
    expect(error.context).to.deep.equal({ byte: 7 });
  });

  it('is told apart by its brand, so that a copy of the package counts too', () => {
    const foreign = Object.assign(new Error('x'), { [Symbol.for('tickloom.error')]: true });
    expect(isTickloomError(foreign)).to.equal(true);
    for (const other of [new Error('x'), null, undefined, 'x', 7]) expect(isTickloomError(other)).to.equal(false);
  });

  it('wraps what is not ours, and keeps it as the cause', () => {
    const cause = new RangeError('far out');
    const error = asTickloomError(cause);
    expect(error).to.include({ code: 'INTERNAL', message: 'unexpected error: far out', cause });
    expect(asTickloomError('plain').message).to.equal('unexpected error: plain');
    expect(asTickloomError(error)).to.equal(error);
  });

  it('takes it for no bug that WebAssembly is given no memory', () => {
    for (const words of [
      'WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance',
      'WebAssembly.Memory(): could not allocate memory',
    ]) {
      const error = asTickloomError(new RangeError(words));
      expect(error).to.include({ code: 'MEMORY_UNAVAILABLE', action: 'fix' });
      expect(error.message).to.equal('this process is not given the memory that WebAssembly runs in');
      expect(error.hint).to.contain('ulimit -v unlimited');
    }
    expect(asTickloomError(new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded')).code).to.equal(
      'INTERNAL',
    );
  });

  it('has every code explained in the troubleshooting guide', () => {
    const guide = readFileSync(new URL('../../../../../docs/troubleshooting.md', import.meta.url), 'utf8');
    // Codes of what is not built yet have nothing to explain.
    const later = ['TOO_MANY_REJECTED', 'LOCKED', 'VERIFY_DIFFERS', 'ACCESS_DENIED', 'COST_CAP'];
    const missing = Object.keys(ERROR_ACTIONS).filter(
      (code) => !guide.includes(`\`${code}\``) && !later.includes(code),
    );
    expect(missing).to.deep.equal([]);
  });
});
