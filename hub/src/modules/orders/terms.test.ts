import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Hex, OnChain } from '../../platform/ports/index.ts';
import { createSpend, createTerms } from './terms.ts';

const address: Hex = `0x${'0a'.repeat(20)}`;
const hubId: Hex = `0x${'01'.repeat(32)}`;
const onChain: OnChain = {
  chainId: 1,
  hubId,
  foodUsd: address,
  groupBuying: address,
  seatRegistry: address,
  contracts: {},
  clearing: address,
};

describe('what an order binds on chain', () => {
  it('lets its spends and its terms end together, 45 days after the building’s deadline', () => {
    const deadlineAtMs = Date.UTC(2026, 10, 21, 12);
    const order = {
      title: 'Rice',
      supplierId: 'a',
      unit: 'bag',
      unitPriceMicros: 2_000_000,
      unitsPerCase: 1,
      targetMicros: 12_000_000,
      deadlineAtMs,
      executes: 'at-last-call',
    } as const;
    const { terms, subject, termsHash } = createTerms(order, '0190a5d2-7b1c-7c3a-9f00-000000000001', onChain, address);
    const spend = createSpend({ ...order, subject, termsHash }, { seat: 7, amountMicros: 1, revision: 1 }, onChain);
    const end = Date.UTC(2027, 0, 5, 12) / 1000;
    assert.deepEqual([terms.deadline, spend.validUntil], [end, end]);
  });
});
