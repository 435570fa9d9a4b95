import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeDurable } from '../platform/durable-file.ts';
import { fail } from '../platform/errors.ts';
import type { Hex } from '../platform/ports/index.ts';

/** Signs what the hub carries. It pays for gas and can do nothing else: members' signatures move the money. */
export interface RelayerKey {
  address(): Promise<Hex>;
  /** The 65-byte signature of a 32-byte hash, as ethers serialises it. */
  sign(hash: Hex): Promise<Hex>;
}

/** The key in `path` (64 hex digits, mode 0600), made and synced to disk on first use. Never logged. */
export function createRelayerKey(path: string): RelayerKey {
  let kept: Hex | undefined;
  let keptAddress: Hex | undefined;

  function privateKey(): Hex {
    if (kept) return kept;
    // Below the order of secp256k1 but for a chance of 2⁻¹²⁸.
    if (!existsSync(path)) writeDurable(path, `${randomBytes(32).toString('hex')}\n`, 0o600);
    const text = readFileSync(path, 'utf8').trim();
    if (!/^[0-9a-f]{64}$/.test(text)) throw fail('config_invalid', { key: path, rule: 'must hold 64 hex digits' });
    kept = `0x${text}`;
    return kept;
  }

  return {
    async address() {
      if (keptAddress) return keptAddress;
      const { computeAddress } = await import('ethers/transaction');
      keptAddress = computeAddress(privateKey()).toLowerCase() as Hex;
      return keptAddress;
    },
    async sign(hash) {
      const { SigningKey } = await import('ethers/crypto');
      return new SigningKey(privateKey()).sign(hash).serialized as Hex;
    },
  };
}
