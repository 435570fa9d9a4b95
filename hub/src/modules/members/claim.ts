import { readFileSync, rmSync } from 'node:fs';
import { writeDurable } from '../../platform/durable-file.ts';
import { fail } from '../../platform/errors.ts';
import { type Actor, type Reader, type SeatNumber, type Store, system, type Tx } from '../../platform/ports/index.ts';
import { createShortCode, plainCode } from '../../signing/index.ts';
import { approvalCode, putCode, useCode } from './codes.store.ts';
import { phonesOf, replaceDeviceToken } from './devices.store.ts';
import type { Devices } from './devices.ts';
import type { GuessGuard } from './guess-guard.ts';
import { hasMembers, membersPage } from './members.store.ts';
import type { People } from './people.ts';
import type { Sessions } from './sessions.ts';
import { createToken, hashOf } from './tokens.ts';

const firstRoles = ['board', 'maintainer', 'treasurer', 'coordinator'] as const;
const selectName = "SELECT value FROM facts WHERE name = 'building.name'";
const putName = "INSERT OR REPLACE INTO facts (name, value) VALUES ('building.name', @name)";

export const buildingName = (reader: Reader): string | undefined =>
  reader.prepare(selectName).get<{ value: string }>()?.value;

export const saveBuildingName = (tx: Tx, name: string): void => void tx.prepare(putName).run({ name });

export interface FirstMember {
  readonly code: string;
  readonly buildingName: string;
  readonly name: string;
  readonly dwelling: string;
  readonly pin: string;
  readonly idempotencyKey?: string;
}

export interface Claimed {
  readonly seat: SeatNumber;
  readonly recoveryCode: string;
  readonly deviceToken: string;
  readonly sessionToken: string;
}

export interface Claim {
  /** What the console and `stoop claim` print; undefined when the hub has members. The same until it is used. */
  code(): Promise<string | undefined>;
  /** Makes the first member, with every office, and this browser their phone. Throws `code_expired`. */
  claim(actor: Actor, first: FirstMember): Promise<Claimed>;
}

/** The database keeps only the code's hash; `codePath`, readable by the hub's user alone, keeps it for printing. */
export function createClaim(deps: {
  store: Store;
  people: People;
  devices: Devices;
  sessions: Sessions;
  guard: GuessGuard;
  codePath: string;
}): Claim {
  const { store, people, devices, sessions, guard, codePath } = deps;

  const good = (reader: Reader, code: string) =>
    hasMembers(reader) ? undefined : approvalCode(reader, 'claim', hashOf(plainCode(code)), 0);

  return {
    async code() {
      if (store.read(hasMembers)) return undefined;
      const kept = readIfThere(codePath);
      if (kept && store.read((reader) => good(reader, kept))) return kept;
      const code = createShortCode(12);
      writeDurable(codePath, code, 0o600);
      await store.act({ name: 'claim-code.make', actor: system('members') }, (tx) =>
        putCode(tx, { kind: 'claim', codeHash: hashOf(plainCode(code)) }),
      );
      return code;
    },

    async claim(actor, { code, buildingName: building, idempotencyKey, ...first }) {
      guard.check();
      const device = createToken();
      const session = createToken();
      const open = (tx: Tx, deviceId: string, seat: SeatNumber) =>
        sessions.open(tx, { deviceId, kind: 'phone', seat, tokenHash: session.tokenHash });
      const refuse = () => {
        guard.miss();
        return fail('code_expired');
      };
      // In a hub with members it can only be the repeat of a lost answer; the transaction decides.
      if (!store.read((reader) => hasMembers(reader) || good(reader, code))) throw refuse();
      const enrolled = await people.enrol(
        actor,
        { ...first, seatClass: 'resident', roles: firstRoles },
        {
          idempotencyKey,
          also(tx, seat) {
            const row = approvalCode(tx, 'claim', hashOf(plainCode(code)), tx.nowMs);
            if (!row || membersPage(tx, 0, 2).length > 1) throw refuse();
            useCode(tx, row);
            saveBuildingName(tx, building.trim());
            open(tx, devices.approve(tx, { kind: 'phone', seat, name: 'Phone', tokenHash: device.tokenHash }), seat);
          },
        },
      );
      rmSync(codePath, { force: true });
      if (!enrolled.isNew) {
        await store.act({ name: 'hub.claim.again', actor }, (tx) => {
          const phone = phonesOf(tx, enrolled.seat)[0];
          if (!phone) throw fail('code_expired');
          replaceDeviceToken(tx, phone.id, device.tokenHash);
          open(tx, phone.id, enrolled.seat);
        });
      }
      return {
        seat: enrolled.seat,
        recoveryCode: enrolled.recoveryCode,
        deviceToken: device.token,
        sessionToken: session.token,
      };
    },
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
