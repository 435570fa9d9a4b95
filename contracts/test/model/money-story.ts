import assert from 'node:assert/strict';
import { type Contract, type ContractTransactionReceipt, id, type Wallet } from 'ethers';
import { boardroomOf } from '../support/boardroom.ts';
import { FUSD, walletOf } from '../support/building.ts';
import { type EscrowOrder, escrowOf } from '../support/escrow.ts';
import { type Fields, hashStruct, type MessageName, sign } from '../support/messages.ts';
import { registryOf } from '../support/registry.ts';
import { DAY, Money } from './money.ts';
import { eventsIn, GENERATIONS, keyAt, type MoneyChain, Reverted, SEATS } from './money-chain.ts';
import type { Names } from './money-view.ts';
import type { Found } from './money-words.ts';
import { mode, Orders } from './orders.ts';
import { type Dice, diceOf } from './random.ts';

/** One random story: the model, what it has named so far, and how its actions are done on both sides. */
export function storyOf(chain: MoneyChain, seed: number) {
  const { building, keys, clock } = chain;
  const dice: Dice = diceOf(seed);
  const { token, book } = building;
  const money = new Money({
    token: String(token.target),
    minter: building.minter.address,
    defaultLimit: BigInt(building.config.defaultDailyLimitMicros),
    mintAllowance: BigInt(building.config.minterDailyAllowanceMicros),
  });
  const orders = new Orders(money, String(book.target));
  const registry = registryOf(building);
  const room = boardroomOf(building);
  const desk = escrowOf(building);
  const shops = [building.payee, walletOf('second shop').address];
  const names: Names = {
    accounts: [...keys, ...shops, money.token, orders.book],
    orders: [],
    redemptions: [],
    deposits: [],
  };
  const wallets = new Map<string, Wallet>();
  const generations = new Map(SEATS.map((seat) => [seat, 0]));
  /** What has been met so far, so that a story that leads nowhere shows. */
  const met = new Set<string>();
  const doing = { name: '' };
  for (const seat of SEATS) {
    for (let generation = 0; generation < GENERATIONS; generation += 1) {
      const wallet = keyAt(seat, generation);
      wallets.set(wallet.address, wallet);
    }
    const fresh = { frozen: false, retired: false, keyRevision: 0, freezeRevision: 0, change: undefined };
    money.seats.set(seat, { ...fresh, key: keyAt(seat, 0).address });
  }

  const thief = walletOf('thief');
  const seatKey = (seat: number): Wallet => wallets.get(money.seats.get(seat)!.key)!;
  /** Usually the seat's key; else another member's, a former one's or a stranger's. */
  const signerFor = (seat: number): Wallet => {
    if (!dice.chance(10)) return seatKey(seat);
    return dice.pick([keyAt(seat, 0), seatKey(dice.pick(SEATS)), thief]);
  };
  const validUntil = (): number => {
    if (dice.chance(5)) return clock.now - 1 - dice.below(DAY);
    return dice.chance(10) ? clock.now + dice.below(2) : clock.now + DAY + dice.below(30 * DAY);
  };
  const as = (contract: Contract, wallet: Wallet): Contract =>
    contract.connect(wallet.connect(building.provider)) as Contract;
  const amount = (most = 60n): bigint => (dice.chance(3) ? 0n : 1n + dice.amount(most * FUSD));
  /** Signed by a wallet; a few over something else, which nobody signed then. */
  const signed = (by: Wallet, name: MessageName, value: Fields, changed: Fields) => {
    const spoilt = dice.chance(4);
    const signature = sign(by, building.domain, name, spoilt ? { ...value, ...changed } : value);
    return { signature, signer: spoilt ? undefined : by.address };
  };

  /** The call must fail for one of these reasons, or succeed when there is none. */
  const both = async (errors: readonly string[], call: () => Promise<ContractTransactionReceipt>) => {
    let receipt: ContractTransactionReceipt;
    try {
      receipt = await call();
    } catch (error) {
      if (!(error instanceof Reverted)) throw error;
      assert.ok(
        errors.includes(error.message),
        `reverted with ${error.message}, expected ${errors.join(' or ') || 'none'}`,
      );
      met.add(error.message);
      return undefined;
    }
    assert.deepEqual(errors, [], 'went through');
    met.add(`${doing.name} went through`);
    return receipt;
  };
  const checkItems = (found: Found, okMask: unknown, reasons: unknown): void => {
    const codes = [...Buffer.from(String(reasons).slice(2), 'hex')];
    for (const [index, defects] of found.entries()) {
      const ok = ((BigInt(String(okMask)) >> BigInt(index)) & 1n) === 1n;
      assert.equal(ok, defects.length === 0, `item ${index}: ${ok ? 'done' : codes[index]}, expected ${defects}`);
      met.add(ok ? 'item done' : `item ${codes[index]}`);
      if (!ok) assert.ok(defects.includes(codes[index]!), `item ${index}: ${codes[index]}, expected one of ${defects}`);
    }
  };
  const batch = async (found: Found | string[], event: string, call: () => Promise<ContractTransactionReceipt>) => {
    const refused = found.length > 0 && typeof found[0] === 'string';
    const receipt = await both(refused ? (found as string[]) : [], call);
    if (!receipt) return;
    const [done] = eventsIn(token, receipt, event);
    checkItems(found as Found, done!.okMask, done!.reasons);
  };

  return {
    chain,
    building,
    dice,
    money,
    orders,
    registry,
    room,
    desk,
    shops,
    names,
    wallets,
    generations,
    met,
    doing,
    thief,
    seatKey,
    signerFor,
    validUntil,
    as,
    amount,
    signed,
    both,
    checkItems,
    batch,
  };
}

export type Story = ReturnType<typeof storyOf>;

/** An order of any of the three modes, sometimes under another's subject, sometimes one that can never be. */
export function newOrder(story: Story): EscrowOrder {
  const { building, dice, names, desk, shops } = story;
  const number = names.orders.length + 1;
  const target = dice.chance(4) ? 0n : (20n + BigInt(dice.below(100))) * FUSD;
  const deadline = story.chain.clock.now + 600 + dice.below(4 * DAY);
  const payee = dice.chance(4)
    ? String(building.book.target)
    : dice.chance(8)
      ? story.seatKey(1).address
      : dice.pick(shops);
  const terms = building.terms({
    payee,
    target,
    ceiling: dice.chance(3) ? (target - 1n < 0n ? 0n : target - 1n) : target + dice.amount(100n * FUSD),
    deadline,
    detailsHash: id(`goods ${number}`),
  });
  const contested = dice.chance(15) && names.orders.length > 0;
  const subject = contested ? dice.pick(names.orders).order.subject : building.subject(`order ${number}`);
  const order = { subject, terms, mode: dice.pick([mode.exact, mode.atMost, mode.escrow, mode.escrow, mode.escrow]) };
  names.orders.push({ order, orderId: desk.idOf(order) });
  return order;
}

/** What the model is told of an order. */
export function batchOf(story: Story, order: EscrowOrder) {
  return {
    subject: order.subject,
    termsHash: hashStruct('Terms', order.terms),
    orderId: story.desk.idOf(order),
    terms: order.terms,
    mode: order.mode,
  };
}
