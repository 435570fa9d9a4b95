import { formatEther } from 'ethers';

/** Where a network's contracts are shown with their sources. */
export interface Explorer {
  readonly kind: 'blockscout' | 'sourcify';
  /** Where its API is, without the path that its kind has. */
  readonly apiUrl: string;
}

/** When a block counts as never to be undone: so many on top of it, or when the chain itself calls it finalized. */
export type Finality = { readonly confirmations: number } | 'finalized';

/** A chain that contracts are deployed to. */
export interface Network {
  readonly name: string;
  /** The ids that the chain may answer with. */
  readonly chainIds: readonly number[];
  readonly rpcUrl?: string;
  readonly explorers: readonly Explorer[];
  readonly finality: Finality;
  /** How long a transaction may take to be mined, and a block to become final, before the run gives up (and can go on later). */
  readonly patienceSeconds: number;
  readonly pollMs: number;
  /** What the chain's coin is called. */
  readonly coin: string;
  /** A chain of nobody's but this machine's: keys that the hub holds may be officers', and delays may be short. */
  readonly isDev: boolean;
}

const sourcify: Explorer = { kind: 'sourcify', apiUrl: 'https://sourcify.dev/server' };

/** The networks that are known by name. */
export const networks = {
  dev: {
    name: 'dev',
    chainIds: [31_337, 31_998, 31_999],
    explorers: [],
    finality: { confirmations: 1 },
    patienceSeconds: 30,
    pollMs: 20,
    coin: 'coins',
    isDev: true,
  },
  // Deferred execution: a receipt takes 30 to 90 s. `finalized` knows of fast finality and falls back when that stalls.
  calibration: {
    name: 'calibration',
    chainIds: [314_159],
    rpcUrl: 'https://api.calibration.node.glif.io/rpc/v1',
    explorers: [{ kind: 'blockscout', apiUrl: 'https://filecoin-testnet.blockscout.com' }, sourcify],
    finality: 'finalized',
    patienceSeconds: 900,
    pollMs: 5000,
    coin: 'tFIL',
    isDev: false,
  },
  filecoin: {
    name: 'filecoin',
    chainIds: [314],
    rpcUrl: 'https://api.node.glif.io/rpc/v1',
    explorers: [{ kind: 'blockscout', apiUrl: 'https://filecoin.blockscout.com' }, sourcify],
    finality: 'finalized',
    patienceSeconds: 900,
    pollMs: 5000,
    coin: 'FIL',
    isDev: false,
  },
} as const satisfies Record<string, Network>;

/** Another EVM chain, as a configuration describes it under `networks.NAME`. */
export interface OtherNetwork {
  readonly chainId: number;
  readonly rpcUrl?: string;
  readonly explorers?: readonly Explorer[];
  /** 12 when left out. */
  readonly finality?: Finality;
  /** 600 when left out. */
  readonly patienceSeconds?: number;
  readonly coin?: string;
}

/** The network of that name: a known one or one of the configuration's. Throws an Error that says which there are. */
export function networkOf(name: string, others: Readonly<Record<string, OtherNetwork>> = {}): Network {
  const known: Record<string, Network> = networks;
  if (Object.hasOwn(known, name)) return known[name]!;
  if (!Object.hasOwn(others, name)) {
    throw new Error(`--network ${name}: there is ${[...Object.keys(known), ...Object.keys(others)].join(', ')}`);
  }
  const other = others[name]!;
  const ownIds = Object.values(known).flatMap((each) => each.chainIds);
  if (!Number.isSafeInteger(other.chainId) || other.chainId < 1 || ownIds.includes(other.chainId)) {
    throw new Error(`networks.${name}.chainId: must be a chain id that no known network has`);
  }
  return {
    name,
    chainIds: [other.chainId],
    ...(other.rpcUrl ? { rpcUrl: other.rpcUrl } : {}),
    explorers: other.explorers ?? [sourcify],
    finality: other.finality ?? { confirmations: 12 },
    patienceSeconds: other.patienceSeconds ?? 600,
    pollMs: 2000,
    coin: other.coin ?? 'coins',
    isDev: false,
  };
}

/** An amount of the chain's coin, for people. */
export function inCoins(wei: bigint, network: Network): string {
  return `${formatEther(wei)} ${network.coin}`;
}
