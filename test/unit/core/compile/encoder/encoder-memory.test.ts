import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { EncoderMemory } from '../../../../../src/core/compile/encoder/encoder-memory.js';

describe("an encoder's memory", () => {
  it('grows, and keeps what stands in it', () => {
    const memory = EncoderMemory.take();
    memory.bytes.set([1, 2, 3], 60_000);
    const before = memory.bytes;
    const { length } = before;
    memory.reserve(length);
    expect(memory.bytes).to.equal(before);
    memory.reserve(length + 1);
    expect(memory.bytes.length).to.equal(length + 65_536);
    expect([...memory.bytes.subarray(60_000, 60_003)]).to.deep.equal([1, 2, 3]);
    memory.release();
  });

  it('says what to do where a process is not given so many addresses', () => {
    const script = `
      const { EncoderMemory } = await import(${JSON.stringify(new URL('../../../../../src/core/compile/encoder/encoder-memory.js', import.meta.url).href)});
      const taken = [];
      try {
        for (;;) taken.push(EncoderMemory.take());
      } catch (error) {
        process.stdout.write(error.code + ': ' + error.hint);
      }`;
    const said = execFileSync('sh', [
      '-c',
      'ulimit -v 64000000; exec "$0" --input-type=module -e "$1"',
      process.execPath,
      script,
    ]);
    expect(said.toString()).to.match(/^MEMORY_UNAVAILABLE: .*ulimit -v/);
  });
});
