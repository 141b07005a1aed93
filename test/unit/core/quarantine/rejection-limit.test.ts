import { expect } from 'chai';
import {
  parseRejectionLimit,
  RejectionCount,
  rejectionLimitOf,
} from '../../../../src/core/quarantine/rejection-limit.js';
import type { Rejection, RejectionReason } from '../../../../src/core/quarantine/rejection.js';
import { thrown } from '../../../support/thrown.js';

const reason = (code: string, field: string | null): RejectionReason => ({ code, field, message: code });
const rejections = (...all: RejectionReason[][]): Rejection[] =>
  all.map((reasons, ordinal) => ({
    ordinal,
    schema: 'trades',
    plugin: 'trades',
    pluginVersion: '1.0.0',
    bytes: new Uint8Array(),
    reasons,
    instrumentId: 1,
    indexTimestamp: null,
  }));

describe('the limit of rejected records', () => {
  it('is a number, a share or a percentage', () => {
    expect(parseRejectionLimit('0')).to.deep.equal({ records: 0 });
    expect(parseRejectionLimit('100')).to.deep.equal({ records: 100 });
    expect(parseRejectionLimit('1%')).to.deep.equal({ share: 0.01 });
    expect(parseRejectionLimit('0.5%')).to.deep.equal({ share: 0.005 });
    expect(parseRejectionLimit('0.01')).to.deep.equal({ share: 0.01 });
    expect(parseRejectionLimit('.25')).to.deep.equal({ share: 0.25 });
    expect(parseRejectionLimit('100%')).to.deep.equal({ share: 1 });
  });

  it('is nothing else', () => {
    for (const text of ['', '-1', '1.5', '101%', '%', 'many', '1e3', '1 %', '0.']) {
      expect(parseRejectionLimit(text), text).to.equal(undefined);
      expect(thrown(() => rejectionLimitOf(text)).code).to.equal('USAGE');
    }
    expect(rejectionLimitOf(0.01)).to.deep.equal({ share: 0.01 });
  });

  it('ends a chunk as soon as a number is passed, and names the commonest reasons', () => {
    const count = new RejectionCount({ records: 2 }, 'a.dbn');
    const price = reason('price-out-of-range', 'price');
    count.add(rejections([price], [price]), 10);
    const error = thrown(() =>
      count.add(rejections([price, reason('max', 'depth')], [reason('short', null)], [reason('other', 'side')]), 20),
    );
    expect(error.code).to.equal('TOO_MANY_REJECTED');
    expect(error.message).to.equal(
      '"a.dbn" has 5 rejected records of 20 so far, and 2 at the most are accepted: price-out-of-range (price) 3 times, max (depth) 1 time, short 1 time, and others',
    );
    expect(error.context).to.deep.equal({ source: 'a.dbn', rejected: 5, checked: 20 });
  });

  it('looks at a share when all records are known', () => {
    const count = new RejectionCount({ share: 0.1 }, 'a.dbn');
    count.add(rejections([reason('x', 'y')], [reason('x', 'y')]), 2);
    count.finish(20);
    expect(thrown(() => count.finish(19)).message).to.equal(
      '"a.dbn" has 2 rejected records of 19, and 10 % at the most are accepted: x (y) 2 times',
    );
  });

  it('need not be there', () => {
    const count = new RejectionCount(null, 'a.dbn');
    count.add(rejections([reason('x', 'y')]), 1);
    count.finish(1);
  });
});
