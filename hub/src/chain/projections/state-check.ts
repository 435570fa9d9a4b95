import { type Hex, type Reader, type Reads, type Store, system } from '../../platform/ports/index.ts';
import {
  addTransfer,
  changeLot,
  projectedBalances,
  projectedBallots,
  projectedLocks,
  projectedLots,
  setLock,
} from './projections.store.ts';

/** A seat with every key that it had. */
export interface Subject {
  readonly seat: number;
  readonly addresses: readonly Hex[];
}

export interface StateDeps {
  readonly store: Store;
  readonly reads: Reads;
  readonly chain: string;
  readonly subjects: (reader: Reader) => readonly Subject[];
}

const atOnce = 16;
const none: Hex = `0x${'00'.repeat(20)}`;

interface Found {
  readonly what: string;
  readonly folded: bigint;
  readonly state: bigint;
  /** Makes what was folded equal to the state: for what the endpoint no longer has logs of. */
  readonly open: OpenAs;
}
type OpenAs =
  | { readonly as: 'transfer'; readonly token: string; readonly address: Hex }
  | { readonly as: 'lock'; readonly seat: number; readonly untilS: number }
  | { readonly as: 'minted' | 'certified'; readonly lot: string }
  | { readonly as: 'nothing' };

/** Where the folded log and the chain's state at `finalized` disagree. Throws `chain_offline`. */
export async function differencesFrom(deps: StateDeps): Promise<string[]> {
  const found = await compare(deps);
  return found
    .filter(({ folded, state }) => folded !== state)
    .map(({ what, folded, state }) => `${what}: log ${folded}, chain ${state}`);
}

/** What happened before the endpoint's memory begins: one opening entry for each thing that the state has and the log has not. */
export async function openFromState(deps: StateDeps, before: { block: number }): Promise<void> {
  const found = (await compare(deps)).filter(({ folded, state }) => folded !== state);
  if (found.length === 0) return;
  const place = { blockNumber: before.block, atMs: 0 };
  await deps.store.act({ name: 'projections.open', actor: system('projections') }, (tx) => {
    for (const { folded, state, open } of found) {
      const amount = state - folded;
      if (open.as === 'transfer') {
        const [from, to] = amount > 0n ? [none, open.address] : [open.address, none];
        const size = amount > 0n ? amount : -amount;
        addTransfer(tx, deps.chain, { token: open.token, from, to, amount: size, kind: 'opening' }, place);
      } else if (open.as === 'lock') setLock(tx, deps.chain, { seat: open.seat, amount: state, untilS: open.untilS });
      else if (open.as === 'minted') changeLot(tx, deps.chain, open.lot, () => ({ mintedGrams: Number(state) }));
      else if (open.as === 'certified') changeLot(tx, deps.chain, open.lot, () => ({ certifiedGrams: Number(state) }));
    }
    tx.audit({ entries: found.length });
  });
}

async function compare(deps: StateDeps): Promise<Found[]> {
  const { store, chain } = deps;
  const known = store.read((reader) => ({
    balances: projectedBalances(reader, chain),
    ballots: projectedBallots(reader, chain),
    locks: projectedLocks(reader, chain),
    lots: projectedLots(reader, chain),
    subjects: deps.subjects(reader),
  }));
  const folded = new Map(known.balances.map(({ token, address, amount }) => [`${token} ${address}`, amount]));
  for (const address of known.subjects.flatMap(({ addresses }) => addresses))
    for (const token of ['FUSD', 'GRO']) if (!folded.has(`${token} ${address}`)) folded.set(`${token} ${address}`, 0n);
  const locks = new Map(known.locks.map((lock) => [lock.seat, lock.amount]));
  for (const { seat } of known.subjects) if (!locks.has(seat)) locks.set(seat, 0n);

  const asked: (() => Promise<Found>)[] = [
    ...[...folded].map(
      ([key, amount]) =>
        () =>
          balanceOf(deps, key, amount),
    ),
    ...[...locks].map(
      ([seat, amount]) =>
        () =>
          lockOf(deps, seat, amount),
    ),
    ...known.ballots.map((ballot) => () => ballotOf(deps, ballot)),
    ...known.lots.flatMap((lot) => [
      () => lotOf(deps, lot.lot, 'certified', lot.certifiedGrams),
      () => lotOf(deps, lot.lot, 'minted', lot.mintedGrams),
    ]),
  ];
  const found: Found[] = [];
  for (let at = 0; at < asked.length; at += atOnce)
    found.push(...(await Promise.all(asked.slice(at, at + atOnce).map((ask) => ask()))));
  return found;
}

const read = <T>({ reads }: StateDeps, contract: string, fn: string, args: readonly unknown[]): Promise<T> =>
  reads.read<T>({ contract, fn, args }, 'finalized');

async function balanceOf(deps: StateDeps, key: string, folded: bigint): Promise<Found> {
  const [token, address] = key.split(' ') as [string, Hex];
  const state =
    token === 'FUSD'
      ? await read<bigint>(deps, 'FoodUSD', 'balanceOf', [address])
      : await read<bigint>(deps, 'GroToken', 'balanceOf', [address, token === 'GRO' ? 0n : BigInt(token)]);
  return { what: `${token} of ${address}`, folded, state, open: { as: 'transfer', token, address } };
}

async function lockOf(deps: StateDeps, seat: number, folded: bigint): Promise<Found> {
  const { amount, until } = await read<{ amount: bigint; until: bigint }>(deps, 'SeatLock', 'lockOf', [seat]);
  return { what: `lock of seat ${seat}`, folded, state: amount, open: { as: 'lock', seat, untilS: Number(until) } };
}

async function ballotOf(deps: StateDeps, ballot: { proposal: Hex; seat: number; word: number }): Promise<Found> {
  const { proposal, seat, word } = ballot;
  type Answer = { support: bigint; votes: bigint; revision: bigint };
  const { support, votes, revision } = await read<Answer>(deps, 'CoopGovernor', 'ballotOf', [proposal, seat]);
  const state = (revision << 8n) | (support << 4n) | votes;
  return { what: `ballot of seat ${seat} on ${proposal}`, folded: BigInt(word), state, open: { as: 'nothing' } };
}

async function lotOf(deps: StateDeps, lot: string, as: 'certified' | 'minted', folded: number): Promise<Found> {
  const answer = await read<{ certified: bigint; minted: bigint }>(deps, 'GroToken', 'lotOf', [lot]);
  return { what: `${as} grams of lot ${lot}`, folded: BigInt(folded), state: answer[as], open: { as, lot } };
}
