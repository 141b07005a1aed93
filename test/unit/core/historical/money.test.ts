import { expect } from 'chai';
import { CappedSpending } from '../../../../src/core/historical/capped-spending.js';
import {
  decidePurchase,
  MAX_UNATTENDED_COST,
  type PurchaseQuestion,
} from '../../../../src/core/historical/decide-purchase.js';
import { formatUsd, parseUsd } from '../../../../src/core/historical/usd.js';

import { rejected, thrown } from '../../../support/thrown.js';

describe('CappedSpending', () => {
  it('keeps what is set aside and spent under the cap, whoever asks at the same time', () => {
    const spending = new CappedSpending(parseUsd('1'));
    const first = spending.reserve(parseUsd('0.4'));
    const second = spending.reserve(parseUsd('0.6'));
    expect(thrown(() => spending.reserve(1n))).to.include({
      code: 'COST_CAP',
      message:
        'the next request, estimated at 0.000000000001 USD, would pass the cap of 1 USD: 0 USD are spent and 1 USD set aside',
    });
    first.settle(parseUsd('0.1'));
    expect(formatUsd(spending.spent)).to.equal('0.1');
    const third = spending.reserve(parseUsd('0.3'));
    expect(thrown(() => spending.reserve(parseUsd('0.01')))).to.include({ code: 'COST_CAP' });
    second.settle(0n);
    third.settle(parseUsd('0.35'));
    expect(formatUsd(spending.spent)).to.equal('0.45');
    spending.reserve(parseUsd('0.55')).settle(0n);
  });

  it('counts a reservation once, however often it is settled', () => {
    const spending = new CappedSpending(100n);
    const reservation = spending.reserve(60n);
    reservation.settle(50n);
    reservation.settle(50n);
    expect(spending.spent).to.equal(50n);
    spending.reserve(50n);
  });

  it('only counts without a cap', () => {
    const spending = new CappedSpending(null);
    spending.reserve(parseUsd('1000000')).settle(parseUsd('999999.5'));
    expect(formatUsd(spending.spent)).to.equal('999999.5');
  });
});

describe('decidePurchase', () => {
  const asked: bigint[] = [];
  const answer =
    (yes: boolean): PurchaseQuestion['confirm'] =>
    async (estimate) => {
      asked.push(estimate);
      return yes;
    };
  const question: PurchaseQuestion = {
    estimate: parseUsd('7.5'),
    cap: null,
    maxUnattended: MAX_UNATTENDED_COST,
    interactive: false,
    yes: false,
    confirm: answer(true),
  };

  beforeEach(() => {
    asked.length = 0;
  });

  it('asks a person, who may refuse', async () => {
    await decidePurchase({ ...question, interactive: true });
    expect(asked).to.deep.equal([question.estimate]);
    const error = await rejected(decidePurchase({ ...question, interactive: true, confirm: answer(false) }));
    expect(error).to.include({
      code: 'COST_CAP',
      message: 'the estimated cost of 7.5 USD was not agreed to; nothing was bought',
    });
  });

  it('asks nobody when it is agreed to, costs nothing, or nobody is there', async () => {
    await decidePurchase({ ...question, interactive: true, yes: true });
    await decidePurchase({ ...question, interactive: true, estimate: 0n });
    await decidePurchase({ ...question, estimate: parseUsd('5') });
    await decidePurchase({ ...question, yes: true });
    await decidePurchase({ ...question, cap: parseUsd('8') });
    expect(asked).to.deep.equal([]);
  });

  it('refuses what is too much for a run that nobody watches', async () => {
    const error = await rejected(decidePurchase({ ...question, estimate: parseUsd('5.01') }));
    expect(error).to.include({
      code: 'COST_CAP',
      message:
        'the estimated cost of 5.01 USD is more than the 5 USD that a run may cost when nobody can be asked; nothing was bought',
    });
  });

  it('holds the cap, whoever agrees', async () => {
    for (const how of [{ yes: true }, { interactive: true }, {}]) {
      const error = await rejected(decidePurchase({ ...question, ...how, cap: parseUsd('7.49') }));
      expect(error).to.include({
        code: 'COST_CAP',
        message: 'the estimated cost of 7.5 USD is more than the cap of 7.49 USD; nothing was bought',
      });
    }
    await decidePurchase({ ...question, yes: true, cap: parseUsd('7.5') });
    expect(asked).to.deep.equal([]);
  });
});
