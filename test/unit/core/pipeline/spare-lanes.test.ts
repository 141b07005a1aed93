import { expect } from 'chai';
import { SpareLanes } from '../../../../src/core/pipeline/spare-lanes.js';

describe('SpareLanes', () => {
  it('has what the chunks that are left do not need', () => {
    const lanes = new SpareLanes(3, 4);
    expect(lanes.take()).to.equal(false);
    lanes.chunkDone();
    expect(lanes.take()).to.equal(false);
    lanes.chunkDone();
    expect([lanes.take(), lanes.take()]).to.deep.equal([true, false]);
    lanes.chunkDone();
    expect([lanes.take(), lanes.take()]).to.deep.equal([true, false]);
  });

  it('gives out again what was given back', () => {
    const lanes = new SpareLanes(2, 1);
    expect([lanes.take(), lanes.take()]).to.deep.equal([true, false]);
    lanes.giveBack();
    expect([lanes.take(), lanes.take()]).to.deep.equal([true, false]);
  });
});
