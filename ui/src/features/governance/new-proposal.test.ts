import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emptyForm, proposalOf } from './new-proposal.ts';

const written = { ...emptyForm(), title: ' A bench ', text: 'In the yard.' };

describe('a new proposal’s form', () => {
  it('needs a title and a text', () => {
    assert.equal(proposalOf(emptyForm()), undefined);
    assert.equal(proposalOf({ ...written, text: ' ' }), undefined);
    assert.deepEqual(proposalOf(written), { kind: 'text', title: 'A bench', text: 'In the yard.', openForDays: 7 });
  });

  it('needs an amount, and a seat where one is to be paid', () => {
    const spending = { ...written, kind: 'spending' as const, amount: '25.50' };
    assert.deepEqual(proposalOf(spending)?.spending, { amountMicros: 25_500_000 });
    assert.equal(proposalOf({ ...spending, amount: 'much' }), undefined);
    assert.equal(proposalOf({ ...spending, payee: 'seat' }), undefined);
    assert.deepEqual(proposalOf({ ...spending, payee: 'seat', seat: '4' })?.spending, {
      amountMicros: 25_500_000,
      toSeat: 4,
    });
  });

  it('needs a number and its new value in its own unit', () => {
    const number = { ...written, kind: 'parameters' as const, key: 'orders.markup', value: '4.5' };
    assert.deepEqual(proposalOf(number)?.number, { key: 'orders.markup', value: 450 });
    assert.equal(proposalOf({ ...number, key: '' }), undefined);
    assert.equal(proposalOf({ ...number, value: '' }), undefined);
  });
});
