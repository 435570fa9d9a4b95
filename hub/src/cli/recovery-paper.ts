import type { KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { writeDurable } from '../platform/durable-file.ts';
import { fail } from '../platform/errors.ts';
import { createRecoverySecret, parseRecoveryCode, printRecoveryCode } from '../signing/index.ts';
import { belongLike, type Recipient, recipientOf, recoveryPrivateKey } from '../store/index.ts';
import { readJson } from './data-folder.ts';

const fileOf = (dataDir: string): string => join(dataDir, 'recovery-key.json');

/** Whom this building's backups are sealed to; undefined until the key on paper was made. */
export const readRecipient = (dataDir: string): Recipient | undefined => readJson<Recipient>(fileOf(dataDir));

/** A new key: the code goes on paper and nowhere else. */
export function createRecoveryPaper(): { readonly code: string; readonly recipient: Recipient } {
  const secret = createRecoverySecret();
  return { code: printRecoveryCode(secret), recipient: recipientOf(recoveryPrivateKey(secret)) };
}

export function saveRecipient(dataDir: string, recipient: Recipient): void {
  writeDurable(fileOf(dataDir), `${JSON.stringify(recipient, null, 2)}\n`);
  belongLike(dataDir, fileOf(dataDir));
}

/** Throws `wrong_recovery_code` for what was mistyped. */
export function privateKeyOf(typed: string): KeyObject {
  const secret = parseRecoveryCode(typed);
  if (!secret) throw fail('wrong_recovery_code');
  return recoveryPrivateKey(secret);
}
