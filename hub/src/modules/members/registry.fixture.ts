import type { Call, Hex, OnChain, Reads } from '../../platform/ports/index.ts';
import { addressOf, createPrivateKey, domainOf } from '../../signing/index.ts';
import type { KeyEvent } from './key-sightings.ts';

const none: Hex = `0x${'00'.repeat(20)}`;

export const onChain: OnChain = {
  chainId: 31999,
  hubId: `0x${'42'.repeat(32)}`,
  foodUsd: `0x${'f1'.repeat(20)}`,
  groupBuying: `0x${'b1'.repeat(20)}`,
  seatRegistry: `0x${'a1'.repeat(20)}`,
  contracts: {},
  clearing: `0x${'c1'.repeat(20)}`,
};
export const registryDomain = domainOf('SeatRegistry', onChain.chainId, onChain.seatRegistry);

/** What the registry and the token answer, set by the test; the contracts themselves are tried in whole hubs. */
export function createFakeRegistry() {
  const keys = new Map<number, Hex>();
  const formerSeats = new Map<Hex, number>();
  const money = new Map<Hex, bigint>();
  const memberAccounts = new Set<Hex>();
  const changes = new Map<number, { newKey: Hex; effectiveAt: bigint; revision: bigint; isRecovery: boolean }>();
  const board = Array.from({ length: 3 }, () => createPrivateKey()).sort((a, b) =>
    addressOf(a) < addressOf(b) ? -1 : 1,
  );
  const answers: Record<string, (...args: never[]) => unknown> = {
    keyOf: (seat: number) => keys.get(seat) ?? none,
    formerSeatOf: (key: Hex) => BigInt(formerSeats.get(key) ?? 0),
    keyChangeOf: (seat: number) =>
      changes.get(seat) ?? { newKey: none, effectiveAt: 0n, revision: 0n, isRecovery: false },
    isFrozen: () => false,
    isBoard: (key: Hex) => board.some((each) => addressOf(each) === key),
    threshold: () => 2n,
    dailyLimitOf: (key: Hex) => (memberAccounts.has(key) ? 1000n : 2n ** 256n - 1n),
    pausedUntil: () => BigInt(pausedUntil),
    balanceOf: (key: Hex) => money.get(key) ?? 0n,
  };
  let pausedUntil = 0;
  const reads: Reads = {
    isOnline: () => true,
    async read<T>({ fn, args }: Call): Promise<T> {
      const answer = answers[fn];
      if (!answer) throw new Error(`the fake registry has no ${fn}`);
      return answer(...(args as never[])) as T;
    },
  };

  return {
    reads,
    board,
    keys,
    money,
    changes,
    /** As somebody's `carry` leaves it. */
    carry(seat: number, oldKey: Hex): void {
      money.set(oldKey, 0n);
      memberAccounts.add(keys.get(seat)!);
    },
    pause(until: number): void {
      pausedUntil = until;
    },
    /** The board gives up one of its keys. */
    loseBoardKey: (key: Uint8Array) => void board.splice(board.indexOf(key), 1),
    announce(seat: number, newKey: Hex, effectiveAt: number, isRecovery = true): KeyEvent {
      const revision = (changes.get(seat)?.revision ?? 0n) + 1n;
      changes.set(seat, { newKey, effectiveAt: BigInt(effectiveAt), revision, isRecovery });
      const args = { seat: BigInt(seat), oldKey: keys.get(seat), newKey, effectiveAt: BigInt(effectiveAt), isRecovery };
      return { contract: 'SeatRegistry', name: 'KeyChangeAnnounced', args };
    },
    cancel(seat: number): KeyEvent {
      const { newKey, revision, isRecovery } = changes.get(seat)!;
      changes.set(seat, { newKey: none, effectiveAt: 0n, revision: revision + 1n, isRecovery: false });
      const args = { seat: BigInt(seat), newKey, wasRecovery: isRecovery };
      return { contract: 'SeatRegistry', name: 'KeyChangeCancelled', args };
    },
    apply(seat: number): KeyEvent {
      const { newKey, revision } = changes.get(seat)!;
      const oldKey = keys.get(seat)!;
      changes.set(seat, { newKey: none, effectiveAt: 0n, revision, isRecovery: false });
      keys.set(seat, newKey);
      formerSeats.set(oldKey, seat);
      return { contract: 'SeatRegistry', name: 'KeyChanged', args: { seat: BigInt(seat), oldKey, newKey } };
    },
  };
}

export type FakeRegistry = ReturnType<typeof createFakeRegistry>;
