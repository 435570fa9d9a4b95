import { join } from 'node:path';
import { deploy, networks } from '@stoop/contracts/deploy/deploy.ts';
import { demoPrivateKeys } from '@stoop/contracts/dev-chain/accounts.ts';
import { Wallet } from 'ethers/wallet';
import { systemClock } from '../../platform/clock.ts';
import { silentLog } from '../../platform/log.ts';
import type { Call, Hex, SignedMessage } from '../../platform/ports/index.ts';
import * as signing from '../../signing/index.ts';
import { type Deployment, loadDeployment } from '../deployment.ts';
import { createEmbeddedChain, type EmbeddedChain } from '../embedded.ts';
import { createRelayerKey, type RelayerKey } from '../relayer-key.ts';
import { fund, type Hub, type Rpc, rpcTo, startHub, tempFolder } from './fixture.ts';

export const chainId = 31999;
export const hubId: Hex = `0x${'42'.repeat(32)}`;
export const nowS = (): number => Math.floor(Date.now() / 1000);
export const hourS = 3600;

const keys = () => Array.from({ length: 3 }, () => signing.createPrivateKey());

/** A building's own contracts, deployed by their own script, on the simulator that a demonstration runs on. */
export interface Building {
  readonly folder: string;
  readonly embedded: EmbeddedChain;
  readonly rpc: Rpc;
  readonly key: RelayerKey;
  readonly deployment: Deployment & { contracts: Record<'FoodUSD' | 'GroupBuying' | 'SeatRegistry', Hex> };
  /** The keys of seats 1, 2 and 3. */
  readonly members: readonly Uint8Array[];
  /** Three, of whom two sign together. */
  readonly board: readonly Uint8Array[];
  readonly minter: Uint8Array;
  readonly closer: Uint8Array;
  /** For the token, unless it is the registry's. */
  sign(message: SignedMessage, by: Uint8Array, verifier?: 'FoodUSD' | 'SeatRegistry'): Hex;
  /** The attestor's word on the reserve, as a call. */
  attest(reserve: number, sequence: number): Call;
  /** A hub on this building; `url` when it does not talk to the simulator directly. */
  hub(options?: Parameters<typeof startHub>[1]): Promise<Hub>;
  /** Resolves when the simulator has died by itself. */
  readonly died: Promise<void>;
  stop(): Promise<void>;
}

export async function startBuilding(): Promise<Building> {
  const folder = tempFolder();
  const file = join(folder, 'deployment.json');
  const members = keys();
  const board = keys();
  const [minter, attestor, closer] = keys() as [Uint8Array, Uint8Array, Uint8Array];
  const died = Promise.withResolvers<void>();
  const embedded = createEmbeddedChain({
    dataDir: join(folder, 'chain'),
    chainId,
    clock: systemClock,
    log: silentLog,
    onChange: (fault) => fault && died.resolve(),
  });
  await embedded.start(new AbortController().signal);
  const { url: rpcUrl } = await embedded.whenUp();
  const rpc = rpcTo(() => embedded.endpoint()?.url ?? '');
  const key = createRelayerKey(join(folder, 'relayer-key'));
  await fund(rpc, chainId, await key.address());
  const config = {
    hubId,
    board: board.map(signing.addressOf),
    threshold: 2,
    seats: members.map((member, index) => ({
      seat: index + 1,
      key: signing.addressOf(member),
      class: 1,
      dwelling: `0x${String(index + 1).padStart(64, '0')}`,
    })),
    votingSeatsPerDwelling: 2,
    minters: [signing.addressOf(minter)],
    attestors: [signing.addressOf(attestor)],
    relayers: [await key.address()],
    guardians: [signing.addressOf(signing.createPrivateKey())],
    certifiers: [],
    stewards: [],
    defaultDailyLimitMicros: 500_000_000,
    minterDailyAllowanceMicros: 1_000_000_000_000,
    adminDelaySeconds: 7 * 24 * hourS,
  };
  await deploy({ rpcUrl, network: networks.dev, signer: new Wallet(demoPrivateKeys[0]), config, file });
  const deployment = loadDeployment(file) as Building['deployment'];

  const sign: Building['sign'] = (message, by, verifier = 'FoodUSD') =>
    signing.signDigest(
      signing.digest(signing.domainOf(verifier, chainId, deployment.contracts[verifier]), message),
      by,
    );

  return {
    folder,
    embedded,
    rpc,
    key,
    deployment,
    members,
    board,
    minter,
    closer,
    sign,
    attest(reserve, sequence) {
      const word = { reserve, documentHash: `0x${'d0'.repeat(32)}` as Hex, sequence, takenAt: nowS() - 60 };
      const signature = sign(signing.message('Attestation', word), attestor);
      return {
        contract: 'FoodUSD',
        fn: 'attest',
        args: [reserve, word.documentHash, sequence, word.takenAt, signature],
      };
    },
    hub: (options) =>
      startHub(
        { key },
        {
          url: () => embedded.endpoint()?.url,
          deployment: () => deployment,
          abiFolder: new URL('../../../../contracts/abi/', import.meta.url),
          ...options,
        },
      ),
    died: died.promise,
    stop: () => embedded.stop(),
  };
}
