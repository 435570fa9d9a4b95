import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync } from 'node:fs';
import { writeDurable } from '../platform/durable-file.ts';
import { fail } from '../platform/errors.ts';
import type { HubSecret } from '../platform/ports/index.ts';

const secretBytes = 32;

/**
 * The hub's secret from a file of 32 bytes that only its owner may read; made at the first use. Backups leave it out:
 * a hub restored elsewhere opens its members' keys by their recovery codes.
 */
export function createFileSecret(path: string): HubSecret {
  let secret: Uint8Array | undefined;
  return {
    async derive(purpose, input) {
      secret ??= readSecret(path) ?? makeSecret(path);
      return createHmac('sha256', secret).update(purpose).update('\0').update(input).digest();
    },
  };
}

function readSecret(path: string): Uint8Array | undefined {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (bytes.length !== secretBytes) throw fail('config_invalid', { key: 'hub-secret', rule: 'must hold 32 bytes' });
  chmodSync(path, 0o600);
  return bytes;
}

function makeSecret(path: string): Uint8Array {
  const bytes = randomBytes(secretBytes);
  writeDurable(path, bytes, 0o600);
  return bytes;
}
