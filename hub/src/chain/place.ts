import type { Hex, OnChain } from '../platform/ports/index.ts';
import { type Deployment, loadDeployment } from './deployment.ts';

export interface Place {
  deployment(): Deployment | undefined;
  /** Undefined until the contracts are deployed and the co-op's clearing account is known. */
  onChain(): OnChain | undefined;
}

/** Where the building stands on its chain; looked up until it is there, then kept. */
export function createPlace(options: { deploymentFile?: string; clearing?: string }): Place {
  const { deploymentFile: file, clearing } = options;
  let found: Deployment | undefined;
  const deployment = () => {
    found ??= file ? loadDeployment(file) : undefined;
    return found;
  };
  return {
    deployment,
    onChain() {
      const { chainId, hubId, contracts } = deployment() ?? {};
      const { FoodUSD: foodUsd, GroupBuying: groupBuying, SeatRegistry: seatRegistry } = contracts ?? {};
      if (!chainId || !hubId || !contracts || !foodUsd || !groupBuying || !seatRegistry || !clearing) return undefined;
      return { chainId, hubId, foodUsd, groupBuying, seatRegistry, contracts, clearing: clearing.toLowerCase() as Hex };
    },
  };
}

const coins: Readonly<Record<number, string>> = { 314: 'FIL', 314159: 'tFIL' };

/** What the coin is called that pays for gas there. */
export const coinOf = (chainId: number): string => coins[chainId] ?? 'ETH';
