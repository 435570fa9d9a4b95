import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import { concat, fromHex, keccak, toHex, uintBytes } from '../../signing/index.ts';

const factName = 'produce.farm-key';
const selectKey = 'SELECT value FROM facts WHERE name = @factName';
const insertKey = 'INSERT INTO facts (name, value) VALUES (@factName, @value)';

/** Made once per building: whoever has not got it cannot try the names of towers. */
function farmKey(tx: Tx): Buffer {
  const kept = (tx as Reader).prepare(selectKey).get<{ value: string }>({ factName })?.value;
  if (kept) return Buffer.from(kept, 'hex');
  const made = randomBytes(32);
  tx.prepare(insertKey).run({ factName, value: made.toString('hex') });
  return made;
}

/** What the chain keeps instead of the place where it grew: the same for all lots of one place. */
export const farmCommitment = (tx: Tx, farm: string): Hex =>
  `0x${createHmac('sha256', farmKey(tx)).update(farm).digest('hex')}`;

/** A fresh salt, 32 bytes. */
export const createSalt = (): Hex => toHex(randomBytes(32));

/** What is on chain of a text that stays here: `keccak256(salt ‖ text)`. */
export const saltedHash = (salt: Hex, text: string): Hex => toHex(keccak(fromHex(salt), text));

/** Tells apart the lots of one place and day. By chance, not counted: a restored hub must not give one out again. */
export const createSerial = (): number => randomInt(1, 2 ** 32);

/** The token's id of a lot: `uint256(keccak256(abi.encode(certifier, farm, harvestDay, serial)))`, see `GroStore._lotId`. */
export function lotTokenId(
  certifier: Hex,
  lot: { readonly farm: Hex; readonly harvestDay: number; readonly serial: number },
): string {
  const words = [
    concat(new Uint8Array(12), fromHex(certifier)),
    fromHex(lot.farm),
    uintBytes(lot.harvestDay, 32),
    uintBytes(lot.serial, 32),
  ];
  return BigInt(toHex(keccak(concat(...words)))).toString();
}

/**
 * Nonces of a seat's messages. 256 of them share a word of storage on chain, so they are counted within one that is chosen
 * by chance, anew in each life of the hub: a restored store must not use one again that it has forgotten.
 */
export function createNonces(): (seat: SeatNumber) => number {
  const words = new Map<SeatNumber, { word: number; next: number }>();
  return (seat) => {
    const kept = words.get(seat);
    const at = kept && kept.next < 256 ? kept : { word: randomInt(0, 2 ** 24), next: 0 };
    words.set(seat, { word: at.word, next: at.next + 1 });
    return at.word * 256 + at.next;
  };
}
