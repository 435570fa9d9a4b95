import { HDNodeWallet, Mnemonic } from 'ethers';
import { demoMnemonic } from '../dev-chain/accounts.ts';
import type { DeployConfig } from './config.ts';

/** How many accounts of the well-known mnemonic are known as such: as many as development chains usually make. */
const WELL_KNOWN = 20;

/** The addresses whose keys everybody knows. */
export function wellKnownAddresses(): string[] {
  const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(demoMnemonic), "m/44'/60'/0'/0");
  return Array.from({ length: WELL_KNOWN }, (_, index) => root.deriveChild(index).address);
}

/**
 * Refuses what would put a building into the hands of whoever has its hub: officers' keys that the hub made, that
 * everybody knows, that relay or that deploy. Throws an Error that names every such key and why.
 */
export function refuseOfficers(config: DeployConfig, deployer?: string): void {
  const wellKnown = new Set(wellKnownAddresses());
  const seatKeys = new Set(config.seats.filter((each) => each.heldByHub !== false).map((each) => each.key));
  const heldByHub = new Set(config.heldByHub ?? []);
  const whyNot = (key: string): string | undefined => {
    if (wellKnown.has(key)) return 'its private key is known to everybody';
    if (seatKeys.has(key)) return 'it is the key of a seat, made by the hub';
    if (heldByHub.has(key)) return 'the hub holds it';
    if (config.relayers.includes(key)) return 'it relays';
    if (key === deployer) return 'it deploys';
    return undefined;
  };
  const officers = {
    board: config.board,
    minters: config.minters,
    attestors: config.attestors,
    guardians: config.guardians,
    certifiers: config.certifiers,
    stewards: config.stewards,
  };
  const refused = Object.entries(officers).flatMap(([name, keys]) =>
    keys.flatMap((key) => {
      const why = whyNot(key);
      return why ? [`${name}: ${key} cannot be an officer’s: ${why}`] : [];
    }),
  );
  for (const key of [...config.relayers, ...(deployer ? [deployer] : [])]) {
    if (wellKnown.has(key)) refused.push(`${key} cannot relay or deploy: its private key is known to everybody`);
  }
  if (deployer && config.relayers.includes(deployer)) {
    refused.push(`relayers: ${deployer} deploys; a deployer’s account is used for nothing else`);
  }
  if (refused.length > 0) throw new Error(refused.join('\n'));
}
