import { createHash } from 'node:crypto';
import { fail } from '../../platform/errors.ts';
import type { Attempt, Call, Carrier, Hex, Prepared, Reads } from '../../platform/ports/index.ts';

interface Bytes {
  readonly nonce: number;
  readonly fee: number;
  /** Undefined: it does nothing. */
  readonly call?: Call;
}

const read = (payload: Hex): Bytes => JSON.parse(Buffer.from(payload.slice(2), 'hex').toString());
const write = (bytes: Bytes): Hex => `0x${Buffer.from(JSON.stringify(bytes)).toString('hex')}`;
const locatorOf = (payload: Hex) => createHash('sha256').update(payload).digest('hex');
const subjectsOf = ({ call }: Bytes) => (call?.args[0] ?? []) as string[];
const roomFor = 4;

/**
 * An outside that works as a chain does: a pool in the order of nonces that forgets, blocks that take who pays enough,
 * finality that comes later, nullifiers. It keeps a record of all that was ever offered to it.
 */
export function createPoolOutside() {
  const pool = new Map<number, Hex>();
  const mined: Hex[] = [];
  const done = new Set<string>();
  const finalized = new Set<string>();
  let finalCount = 0;
  let baseFee = 10;
  let doubled = 0;
  let isAway = false;
  let isDeaf = false;
  let refusesSubject = (_: string): boolean => false;
  const offered: Bytes[] = [];
  /** Intents that were offered under a second nonce while the first could still land. */
  const secondNonces: string[] = [];

  function noteOffer(bytes: Bytes): void {
    for (const subject of subjectsOf(bytes)) {
      const isSecond = offered.some(
        (other) => other.nonce !== bytes.nonce && other.nonce >= finalCount && subjectsOf(other).includes(subject),
      );
      if (isSecond) secondNonces.push(subject);
    }
    offered.push(bytes);
  }

  const pendingCount = () => {
    let count = mined.length;
    while (pool.has(count)) count += 1;
    return count;
  };
  const made = (bytes: Bytes): Prepared => {
    const payload = write(bytes);
    const costWei = BigInt(bytes.fee);
    return { payload, locator: locatorOf(payload), senderNonce: bytes.nonce, costWei };
  };
  const bump = (attempt: Attempt) => {
    const fees = [attempt, ...(attempt.earlier ?? [])].map(({ payload }) => read(payload).fee);
    return Math.max(Math.ceil(Math.max(...fees) * 1.25), 2 * baseFee);
  };
  const reads: Reads = {
    isOnline: () => !isAway,
    read: async <T>(call: Call, at: 'latest' | 'finalized') =>
      (at === 'finalized' ? finalized : done).has(String(call.args[0])) as T,
  };

  const carrier: Carrier = {
    name: 'outside',
    inFlightMax: roomFor,
    reads,
    unavailable: async () => (isAway ? 'away' : undefined),
    async prepare(call, { highestNonce }) {
      if (subjectsOf({ nonce: 0, fee: 0, call }).some(refusesSubject))
        throw fail('chain_refused', { what: 'it', reason: 'no' });
      const nonce = Math.max(highestNonce + 1, pendingCount());
      if (nonce - mined.length >= roomFor) throw fail('busy', { seconds: 1 });
      return made({ nonce, fee: 2 * baseFee, call });
    },
    async quote(call) {
      return { gas: 100n * BigInt((call.args[0] as string[]).length), costWei: BigInt(baseFee) };
    },
    async perform({ payload }) {
      const bytes = read(payload);
      noteOffer(bytes);
      if (isDeaf || bytes.nonce < mined.length) return;
      const held = pool.get(bytes.nonce);
      if (held === payload) return;
      if (bytes.fee < baseFee) throw fail('chain_refused', { what: 'it', reason: 'fee too low' });
      if (held && bytes.fee < read(held).fee * 1.25) throw fail('chain_refused', { what: 'it', reason: 'underpriced' });
      pool.set(bytes.nonce, payload);
    },
    async probe(attempt) {
      for (const { payload, locator } of [attempt, ...(attempt.earlier ?? [])]) {
        const at = mined.indexOf(payload);
        if (at < 0) continue;
        const paidWei = BigInt(read(payload).fee);
        return { outcome: at < finalCount ? 'final' : 'mined', locator, paidWei, gasUsed: 1 };
      }
      return { outcome: attempt.senderNonce < finalCount ? 'gone' : 'unknown' };
    },
    async replace(attempt) {
      const own = read(attempt.payload);
      if (own.nonce !== mined.length || own.fee >= baseFee) return undefined;
      return made({ ...own, fee: bump(attempt) });
    },
    cancel: async (attempt) => made({ nonce: attempt.senderNonce, fee: bump(attempt) }),
    async fillGap(open) {
      const ours = new Set(open.map(({ senderNonce }) => senderNonce));
      let nonce = mined.length;
      while (ours.has(nonce)) nonce += 1;
      if ([...ours].every((other) => other < nonce) || pendingCount() > nonce) return undefined;
      return made({ nonce, fee: 2 * baseFee });
    },
  };

  return {
    carrier,
    offered,
    secondNonces,
    mined: () => mined.map(read),
    pool: () => [...pool.values()].map(read),
    doubled: () => doubled,
    /** Takes what is next in order and pays enough, then calls all but the last `lag` blocks final. */
    mine(lag = 0) {
      for (let next = pool.get(mined.length); next && read(next).fee >= baseFee; next = pool.get(mined.length)) {
        pool.delete(mined.length);
        mined.push(next);
        for (const subject of subjectsOf(read(next))) {
          if (done.has(subject)) doubled += 1;
          done.add(subject);
        }
      }
      finalCount = Math.max(finalCount, mined.length - lag);
      for (const payload of mined.slice(0, finalCount))
        for (const subject of subjectsOf(read(payload))) finalized.add(subject);
    },
    /** Somebody else settles it. */
    landByOther(subject: string) {
      done.add(subject);
      finalized.add(subject);
    },
    /** The pool forgets everything. */
    forget: () => pool.clear(),
    /** A transaction of a former life takes a place that this store knows nothing of. */
    occupy: (nonce: number) => void pool.set(nonce, write({ nonce, fee: baseFee })),
    baseFee(value: number) {
      baseFee = value;
    },
    away(value: boolean) {
      isAway = value;
    },
    /** What it is told does not arrive. */
    deaf(value: boolean) {
      isDeaf = value;
    },
    refuse(which: (subject: string) => boolean) {
      refusesSubject = which;
    },
  };
}
