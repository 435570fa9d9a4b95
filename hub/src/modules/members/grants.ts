import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import type { Actor, Hex, SeatNumber } from '../../platform/ports/index.ts';
import { signDigest } from '../../signing/index.ts';

interface Grant {
  readonly seat: SeatNumber;
  readonly secret: Uint8Array;
  readonly isKey: boolean;
  readonly untilMs: number;
}

/** Who may sign at the moment. In memory only: a restart ends every grant. */
export interface Grants {
  /** Takes over the secret and zeroes it at the end. */
  open(sessionId: string, grant: Grant): void;
  /** Until when the session may sign, UTC ms; undefined when it may not. */
  untilMs(sessionId: string | undefined): number | undefined;
  /** 65-byte signature over the digest; undefined when the key is the member's own wallet's. Throws `grant_needed`. */
  sign(actor: Actor, digest: Uint8Array): Hex | undefined;
  end(sessionIds: readonly string[]): void;
  endAll(): void;
  /** Ends what has run out. */
  tidy(): void;
}

export function createGrants(clock: Clock): Grants {
  const grants = new Map<string, Grant>();

  function end(sessionId: string): void {
    grants.get(sessionId)?.secret.fill(0);
    grants.delete(sessionId);
  }

  function living(sessionId: string | undefined): Grant | undefined {
    const grant = sessionId === undefined ? undefined : grants.get(sessionId);
    if (!sessionId || !grant) return undefined;
    if (clock.nowMs() < grant.untilMs) return grant;
    end(sessionId);
    return undefined;
  }

  return {
    open(sessionId, grant) {
      end(sessionId);
      grants.set(sessionId, grant);
    },
    untilMs: (sessionId) => living(sessionId)?.untilMs,
    sign(actor, digest) {
      const grant = living(actor.sessionId);
      if (!grant || grant.seat !== actor.seat) throw fail('grant_needed');
      return grant.isKey ? signDigest(digest, grant.secret) : undefined;
    },
    end: (sessionIds) => sessionIds.forEach(end),
    endAll: () => [...grants.keys()].forEach(end),
    tidy: () => [...grants.keys()].forEach(living),
  };
}
