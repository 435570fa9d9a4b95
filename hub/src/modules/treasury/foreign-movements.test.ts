import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createJournal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import { type Hex, type Micros, type SeatNumber, system } from '../../platform/ports/index.ts';
import { createTempStore, type TempStore } from '../../store/testing/temp-store.ts';
import { coopSeat } from '../members/index.ts';
import { createForeignMovements } from './index.ts';

const word = (digit: string): Hex => `0x${digit.repeat(64)}`;
const [ana, ben, coop]: Hex[] = ['a', 'b', 'c'].map((digit): Hex => `0x${digit.repeat(40)}`);
const seats = new Map<Hex, SeatNumber>([
  [ana!, 1],
  [ben!, 2],
]);

describe('a movement in a batch that a former life of the hub has sent', () => {
  const movements = createForeignMovements(
    createJournal('FUSD', () => []),
    (_, address) => seats.get(address),
    () => coop,
  );
  let temp: TempStore;

  before(async () => {
    temp = await createTempStore();
    await temp.store.act({ name: 'test.known', actor: system('test') }, (tx) => {
      const about = { message: { type: 'Test', fields: {} }, authorisations: [], validUntilMs: 1 };
      outbox.add(tx, { ...about, lane: 'transfers', subject: word('1'), seat: 1 });
      outbox.add(tx, { ...about, lane: 'orders', subject: word('3'), seat: 1 });
      outbox.add(tx, { ...about, lane: 'corrections', subject: word('5'), seat: coopSeat });
    });
  });
  after(() => temp.dispose());

  const moved = (from: Hex, to: Hex, logIndex: number) => ({
    from,
    to,
    amountMicros: 5 as Micros,
    txHash: word('f'),
    logIndex,
  });
  const event = (name: string, logIndex: number, args: object = {}, contract = 'FoodUSD') => ({
    contract,
    name,
    logIndex,
    args: args as Record<string, unknown>,
  });
  const isOurs = (movement: ReturnType<typeof moved>, beside: ReturnType<typeof event>[]) =>
    temp.store.read((reader) => movements.explains(reader, movement, beside));

  it('is ours for the message that it carried out, and foreign beside one that we know', () => {
    const batch = [
      event('Transfer', 0),
      event('SeatTransfer', 1, { reasonHash: word('1') }),
      event('Transfer', 2),
      event('SeatTransfer', 3, { reasonHash: word('2') }),
      event('TransfersCarried', 4),
    ];
    assert.equal(isOurs(moved(ana!, ben!, 0), batch.slice(1)), true);
    assert.equal(isOurs(moved(ana!, ben!, 2), [batch[0]!, ...batch.slice(3), batch[1]!]), false);
  });

  it('belongs to its own order, and to no other of the transaction', () => {
    const batch = [
      event('SpendsSettled', 2, { subject: word('4') }),
      event('OrderSettled', 3, { subject: word('3') }, 'GroupBuying'),
      event('SpendsSettled', 6, { subject: word('3') }),
    ];
    assert.equal(isOurs(moved(ana!, coop!, 0), batch), false);
    assert.equal(isOurs(moved(ana!, coop!, 4), batch), true);
    assert.equal(
      isOurs(moved(ben!, coop!, 5), batch),
      false,
      'an order that we know, and nobody of ours who joined it',
    );
  });

  it('is ours when the co-op gave it', () => {
    assert.equal(isOurs(moved(coop!, ben!, 0), [event('SeatTransfer', 1, { reasonHash: word('5') })]), true);
    assert.equal(isOurs(moved(coop!, ben!, 0), [event('SeatTransfer', 1, { reasonHash: word('6') })]), false);
    assert.equal(isOurs(moved(coop!, ben!, 0), []), false);
  });
});
