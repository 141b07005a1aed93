import { expect } from 'chai';
import { describeChecks } from '../../../../src/core/model/checks/describe-checks.js';
import {
  Allow,
  Char,
  IsIn,
  IsOptional,
  MarketRecord,
  Matches,
  Max,
  Record,
  registerDecorator,
  Uint8,
} from '../../../../src/plugin.js';
import { VALIDATION_COPY } from '../../../../src/core/plugin/validation-copy.js';
import { ohlcv } from '../../../../plugins/index.js';

const IsBelow =
  (...constraints: unknown[]): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      name: 'isBelow',
      target: target.constructor,
      propertyName: String(property),
      constraints,
      validator: { validate: () => true },
    });

@Record({ indexTimestamp: 'ts_event' })
class Sample extends MarketRecord {
  @Allow() @Max(9) @IsOptional() @Uint8() a!: number;
  @IsIn(['A', 'B']) @Matches(/^[AB]$/) @IsBelow(5n, undefined) @Char() b!: string;
}

describe('describeChecks', () => {
  const checks = (field: string): string[] => describeChecks(VALIDATION_COPY.entriesOf(Sample), field);

  it("says our checks in a sentence and class-validator's by name and constraints", () => {
    expect(checks('a')).to.have.members(['an integer from 0 to 255', 'isOptional', 'max(9)']);
    expect(checks('b')).to.have.members([
      'one character',
      'isBelow(5, undefined)',
      'matches(/^[AB]$/, undefined)',
      'isIn(["A","B"])',
    ]);
    expect(checks('nothing')).to.deep.equal([]);
  });

  it('tells what a bar is checked for', () => {
    expect(describeChecks(ohlcv.validation.entriesOf(ohlcv.model), 'high')).to.have.members([
      'an integer from -9223372036854775808 to 9223372036854775807',
      'not below low',
      'not below open',
      'not below close',
    ]);
  });
});
