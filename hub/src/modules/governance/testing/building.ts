import type { Clock } from '../../../platform/clock.ts';
import type { Hex, OnChain } from '../../../platform/ports/index.ts';
import type { TempStore } from '../../../store/testing/temp-store.ts';
import type { ProposalsDeps } from '../proposals.ts';

const address = (digit: string): Hex => `0x${digit.repeat(40)}`;

const onChain: OnChain = {
  chainId: 1,
  hubId: `0x${'11'.repeat(32)}`,
  foodUsd: address('1'),
  groupBuying: address('2'),
  seatRegistry: address('3'),
  clearing: address('4'),
  contracts: {
    CoopGovernor: address('5'),
    Parameters: address('6'),
    SeatLock: address('7'),
    GroToken: address('8'),
    FoodUSD: address('1'),
  },
};

/** A building of 24 residents whose keys sign whatever they are asked to, on a chain that nobody asks. */
export const buildingOf24 = ({ store }: TempStore, clock: Clock): ProposalsDeps => ({
  store,
  clock,
  isClockTrusted: () => true,
  onChain: () => onChain,
  members: {
    sign: async () => `0x${'00'.repeat(65)}`,
    voter: () => ({ seatClass: 'resident', address: address('9'), recordedAtMs: 0 }),
    residentCount: () => 24,
    outgoingWaitsUntil: () => undefined,
  },
});
