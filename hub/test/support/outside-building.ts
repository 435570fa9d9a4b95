import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { committed } from '@stoop/contracts/deploy/artifact.ts';
import { demoPrivateKeys } from '@stoop/contracts/dev-chain/accounts.ts';
import { type DevChain, startDevChain } from '@stoop/contracts/dev-chain/index.ts';
import { Contract, JsonRpcProvider, NonceManager, Wallet } from 'ethers';
import type { Config } from '../../src/config/index.ts';
import type { DemoPerson } from '../../src/modules/demo/index.ts';
import { digest, foodUsdDomain, message, recoverAddress } from '../../src/signing/index.ts';
import { createTestHub, type TestHub, type TestHubOptions } from './create-test-hub.ts';
import { copyOfFoundedBuilding } from './founded.ts';
import { officerKeysOf } from './officers.ts';

export const chainId = 31999;

const freezeFields = [
  { name: 'seat', type: 'uint24' },
  { name: 'frozen', type: 'bool' },
  { name: 'caseHash', type: 'bytes32' },
  { name: 'revision', type: 'uint32' },
  { name: 'validUntil', type: 'uint40' },
];
const correctFields = [
  { name: 'seat', type: 'uint24' },
  { name: 'oldKey', type: 'address' },
  { name: 'newKey', type: 'address' },
  { name: 'validUntil', type: 'uint40' },
];
const noCase = `0x${'00'.repeat(32)}`;
const forever = 2 ** 40 - 1;

/**
 * A founded building whose chain runs outside its hub: the line can be cut, time moves on, and the board and members'
 * own wallets do what they do without the hub.
 */
export async function createOutsideBuilding(options: Pick<TestHubOptions, 'clock' | 'sabotage'> = {}) {
  const elsewhere = mkdtempSync(join(tmpdir(), 'stoop-outside-'));
  const dir = await copyOfFoundedBuilding();
  renameSync(join(dir, 'chain'), join(elsewhere, 'chain'));
  const start = (port: number): Promise<DevChain> =>
    startDevChain({ dataDir: join(elsewhere, 'chain'), chainId, port, testMethods: true });
  let chain = await start(0);
  const { url } = chain;
  const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
  const { contracts } = JSON.parse(readFileSync(join(elsewhere, 'chain/deployment.json'), 'utf8')) as {
    contracts: Record<string, string>;
  };
  const { board: boardKeys, clearing, minter } = await officerKeysOf(dir);
  const officers = { board: boardKeys, clearing: clearing[0]!, minter: minter[0]! };
  const board = officers.board
    .map((key) => new Wallet(key))
    .sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const carrier = new NonceManager(new Wallet(demoPrivateKeys[3]!, provider));
  const at = (name: string) =>
    new Contract(contracts[name]!, committed(name as Parameters<typeof committed>[0]).abi, carrier);
  const config = (base: Config): Config => ({
    ...base,
    chain: {
      ...base.chain,
      isEmbedded: false,
      rpcUrls: [url],
      deploymentFile: join(elsewhere, 'chain/deployment.json'),
    },
  });
  let house: TestHub = await createTestHub({ ...options, dir, config });

  async function signedByBoard(primaryType: string, fields: { name: string; type: string }[], value: object) {
    const domain = { name: 'Stoop Seats', version: '1', chainId, verifyingContract: contracts.SeatRegistry! };
    return Promise.all(
      board.slice(0, 2).map((wallet) => wallet.signTypedData(domain, { [primaryType]: fields }, value as never)),
    );
  }
  const send = async (contract: string, fn: string, ...args: unknown[]) => {
    const transaction = await at(contract).getFunction(fn)(...args);
    await transaction.wait();
  };

  return {
    get house() {
      return house;
    },
    provider,
    contracts,
    officers,
    board,
    at,
    send,
    clearing: new Wallet(officers.clearing).address,
    balanceOf: async (account: string) => Number(await at('FoodUSD').getFunction('balanceOf')(account)),
    /** Nothing answers at the endpoint until `joinLine`. */
    async cutLine() {
      await chain.stop();
    },
    async joinLine() {
      chain = await start(Number(new URL(url).port));
    },
    async warp(seconds: number) {
      await provider.send('evm_increaseTime', [seconds]);
      await provider.send('evm_mine', []);
    },
    async freeze(seat: number, frozen: boolean) {
      const revision = Number(await at('SeatRegistry').getFunction('freezeRevisionOf')(seat)) + 1;
      const value = { seat, frozen, caseHash: noCase, revision, validUntil: forever };
      const signatures = await signedByBoard('Freeze', freezeFields, value);
      await send('SeatRegistry', 'setFrozen', seat, frozen, noCase, revision, forever, signatures);
    },
    /** Another key at once: only while the founding is open. */
    async correctKey(seat: number, newKey: string) {
      const oldKey = await at('SeatRegistry').getFunction('keyOf')(seat);
      const signatures = await signedByBoard('Correct', correctFields, { seat, oldKey, newKey, validUntil: forever });
      await send('SeatRegistry', 'correctSeat', seat, oldKey, newKey, forever, signatures);
    },
    /** The member's own wallet moves money and the hub hears of it from the chain alone. */
    async moveByWallet(person: DemoPerson, to: string, amount: number, nonce = 1) {
      const { members } = house.hub.building!;
      const { actor } = members.authenticate(
        await members.openDoor({ kind: 'phone', name: 'Wallet', seat: person.seat }),
      );
      await members.openGrant(actor, person.pin);
      const value = { seat: person.seat, to: to.toLowerCase() as `0x${string}`, amount, nonce, validUntil: forever };
      const signed = message('Transfer', { ...value, reasonHash: noCase as `0x${string}` });
      const domain = foodUsdDomain(chainId, contracts.FoodUSD!.toLowerCase() as `0x${string}`);
      const signature = await members.sign(actor, domain, signed);
      if (!recoverAddress(digest(domain, signed), signature)) throw new Error('that is no signature');
      await send('FoodUSD', 'transferBatch', [{ ...signed.fields, signature }]);
    },
    /** `between`: while no hub runs. */
    async restart(between?: () => Promise<unknown>) {
      await house.stop();
      await between?.();
      house = await createTestHub({ ...options, dir, config });
      return house;
    },
    async dispose() {
      await house.dispose();
      provider.destroy();
      await chain.stop();
      rmSync(elsewhere, { recursive: true, force: true });
    },
  };
}

export type OutsideBuilding = Awaited<ReturnType<typeof createOutsideBuilding>>;
