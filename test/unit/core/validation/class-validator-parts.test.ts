import { expect } from 'chai';
import * as whole from 'class-validator';
import * as parts from '../../../../src/core/validation/class-validator-parts.js';

describe('parts of class-validator', () => {
  it('are the very functions that its index exports', () => {
    const { classValidator, validateSync, ...same } = parts;
    expect(Object.keys(same).length).to.be.greaterThan(10);
    for (const [name, value] of Object.entries(same)) expect(whole, name).to.have.property(name, value);
    expect(classValidator()).to.have.property('IsIn', whole.IsIn);
    expect(validateSync).to.be.a('function');
  });

  it('find what decorators of the index have registered, as validateSync of the index does', () => {
    class Note {
      @whole.IsEmail() sender = 'nobody';
    }
    const [ours, theirs] = [parts.validateSync(new Note()), whole.validateSync(new Note())];
    expect(ours.map(({ constraints }) => Object.keys(constraints ?? {}))).to.deep.equal([['isEmail']]);
    expect(ours).to.deep.equal(theirs);
  });
});
