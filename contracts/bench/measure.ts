import {
  digest,
  foodUsdDomain,
  fromHex,
  message,
  packSpendItems,
  type SpendItem,
  signDigest,
  spendMode,
  subjectOf,
  type Terms,
  termsHash,
} from '@stoop/hub/signing/index.ts';
import { type Contract, id, Wallet } from 'ethers';
import type { Building } from '../test/support/building.ts';

type Hex = `0x${string}`;

/** One join, in micro-units. */
export const JOIN_MICROS = 2_000_000;
export const DEADLINE_S = 1_900_000_000;

/** An order of `count` members, signed by the hub's own code. `target` is what its terms say, all of it unless told. */
function signedOrder(
  building: Building,
  orderNumber: number,
  count: number,
  mode: number,
  target = count * JOIN_MICROS,
) {
  const { contracts, hubId, chainId } = building.deployment;
  const domain = foodUsdDomain(chainId, contracts.FoodUSD as Hex);
  const uuid = `01890000-0000-7000-8000-${String(orderNumber).padStart(12, '0')}`;
  const subject = subjectOf(hubId as Hex, 'order', uuid);
  const terms: Terms = {
    payee: building.payee as Hex,
    closer: building.closer.address as Hex,
    target,
    ceiling: target,
    deadline: DEADLINE_S,
    detailsHash: id('fifty kilograms of rice') as Hex,
  };
  const items = building.members.slice(0, count).map((wallet, index): SpendItem => {
    const signed = {
      book: contracts.GroupBuying as Hex,
      subject,
      termsHash: termsHash(message('Terms', terms)),
      seat: index + 1,
      maxAmount: JOIN_MICROS,
      revision: 1,
      validUntil: DEADLINE_S,
      mode,
    };
    const signature = signDigest(digest(domain, message('Spend', signed)), fromHex(wallet.privateKey as Hex));
    return { ...signed, amount: JOIN_MICROS, signature };
  });
  return {
    subject,
    terms,
    mode,
    items: packSpendItems(items, mode),
    itemsHash: `0x${'00'.repeat(32)}`,
    total: 0,
    closingSignature: '0x',
  };
}

/** Settles `count` joins into a fresh order. Answers the transaction's gas. */
export async function settleGas(building: Building, orderNumber: number, count: number): Promise<number> {
  const order = signedOrder(building, orderNumber, count, spendMode.exact);
  const receipt = await building.send(building.book, 'settle', [order]);
  const taken = (await building.book.getFunction('takenOf')(order.subject)) as { total: bigint };
  if (taken.total !== BigInt(count * JOIN_MICROS))
    throw new Error(`Only ${taken.total} of ${count} joins were settled`);
  return Number(receipt.gasUsed);
}

/** Brings `count` joins into a fresh order's escrow, where they wait or, with `executes`, reach the target. Answers the gas. */
export async function escrowGas(
  building: Building,
  orderNumber: number,
  count: number,
  executes: boolean,
): Promise<number> {
  const target = (executes ? count : 2 * count) * JOIN_MICROS;
  const order = signedOrder(building, orderNumber, count, spendMode.escrow, target);
  const receipt = await building.send(building.book, 'escrow', [order]);
  const orderId = await building.book.getFunction('orderIdOf')(order.subject, termsHash(message('Terms', order.terms)));
  const found = await building.book.getFunction('escrowOf')(orderId);
  if (found.total !== BigInt(count * JOIN_MICROS) || found.executed !== executes)
    throw new Error(`Only ${found.total} of ${count} joins were escrowed, executed: ${found.executed}`);
  return Number(receipt.gasUsed);
}

/** One plain transfer of a token between two who hold some already. Answers its gas. */
export async function transferGas(building: Building, token: Contract): Promise<number> {
  const [from, to] = [building.members[0]!, building.members[1]!];
  const own = token.connect(new Wallet(from.privateKey, building.provider)) as Contract;
  return Number((await building.send(own, 'transfer', to.address, JOIN_MICROS)).gasUsed);
}
