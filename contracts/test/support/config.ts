import { id } from 'ethers';
import type { DeployConfig } from '../../deploy/config.ts';
import { walletOf } from './building.ts';

/** A configuration that any network takes: every key is its own, none is the hub's. */
export const soundConfig: DeployConfig = {
  hubId: `0x${'12'.repeat(32)}`,
  board: ['a', 'b', 'c'].map((name) => walletOf(name).address),
  threshold: 2,
  seats: [1, 2].map((seat) => ({
    seat,
    key: walletOf(`seat ${seat}`).address,
    class: 1,
    dwelling: id(`dwelling ${seat}`),
    heldByHub: seat === 1,
  })),
  votingSeatsPerDwelling: 2,
  minters: [walletOf('minter').address],
  attestors: [walletOf('attestor').address],
  relayers: [walletOf('relayer').address],
  guardians: [walletOf('guardian').address],
  certifiers: [walletOf('certifier').address],
  stewards: [walletOf('steward').address],
  defaultDailyLimitMicros: 500_000_000,
  minterDailyAllowanceMicros: 10_000_000_000,
  adminDelaySeconds: 7 * 24 * 3600,
};
