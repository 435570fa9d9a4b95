import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Call, Hex, Intent, Reads } from '../../platform/ports/index.ts';
import { message } from '../../signing/index.ts';
import { createKeyLanes, recoveriesLane } from './members.lanes.ts';

const oldKey: Hex = `0x${'0a'.repeat(20)}`;
const newKey: Hex = `0x${'0b'.repeat(20)}`;
const subject: Hex = `0x${'cd'.repeat(32)}`;
const signature: Hex = '0x';
const board: readonly Hex[] = [`0x${'01'.repeat(20)}`, `0x${'02'.repeat(20)}`];

const recovery: Intent = {
  id: '1',
  lane: recoveriesLane,
  subject,
  seat: 7,
  message: message('RecoverKey', { seat: 7, oldKey, newKey, revision: 3, validUntil: 1 }),
  authorisations: board.map((address) => ({ by: 'officer', address, signature })),
  notBeforeMs: 0,
  validUntilMs: 1,
  after: [],
  state: 'queued',
  createdAtMs: 0,
  updatedAtMs: 0,
};

const lane = createKeyLanes({ nowMs: () => 0, recoveryVoided() {} }).find(({ name }) => name === recoveriesLane)!;

/** The revision of the seat's last message about its key, by the newest block and by the last that is final. */
async function verdict(revision: { latest: number; finalized: number }): Promise<string> {
  const answers = (at: 'latest' | 'finalized'): Record<string, unknown> => ({
    keyOf: oldKey,
    keyChangeOf: { newKey: oldKey, effectiveAt: 0n, revision: BigInt(revision[at]), isRecovery: false },
    isBoard: true,
    threshold: 2n,
  });
  const reads: Reads = {
    isOnline: () => true,
    read: async <T>({ fn }: Call, at: 'latest' | 'finalized') => answers(at)[fn] as T,
  };
  const [found] = await lane.preflight([recovery], reads);
  return found!.verdict === 'ready' ? 'ready' : `${found!.verdict} ${found!.reason}`;
}

describe('another key on its way to the registry', () => {
  it('goes when it counts from the seat’s last message', async () => {
    assert.equal(await verdict({ latest: 2, finalized: 2 }), 'ready');
    assert.equal(await verdict({ latest: 2, finalized: 1 }), 'ready');
  });

  it('is given up only for what stands in a block that is final: the newest may hold this very message', async () => {
    assert.equal(await verdict({ latest: 3, finalized: 2 }), 'not-yet not_final_yet');
    assert.equal(await verdict({ latest: 3, finalized: 3 }), 'never overtaken');
  });
});
