import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Call, Hex, Intent, Reads } from '../../platform/ports/index.ts';
import { createPrivateKey, message, signDigest } from '../../signing/index.ts';
import { createVotesLane } from './votes.lane.ts';

const proposal: Hex = `0x${'ab'.repeat(32)}`;
const other: Hex = `0x${'cd'.repeat(32)}`;
const key: Hex = `0x${'0b'.repeat(20)}`;
const opensAt = 1_800_000_000n;
const signature = signDigest(new Uint8Array(32).fill(1), createPrivateKey());
const lane = createVotesLane({ settled() {}, voided() {} });

const ballot = (
  seat: number,
  change: { of?: Hex; votes?: number; revision?: number; support?: number } = {},
): Intent => {
  const { of = proposal, votes = 3, revision = 1, support = 1 } = change;
  return {
    id: `${of}/${seat}`,
    lane: 'votes',
    subject: of,
    seat,
    message: message('Ballot', { proposal: of, seat, support, votes, revision }),
    authorisations: [{ by: 'member', seat, address: key, signature }],
    notBeforeMs: 0,
    validUntilMs: 1,
    after: [],
    state: 'queued',
    createdAtMs: 0,
    updatedAtMs: 0,
  };
};

/** As the registry packs it: key | class << 160 | frozen << 168 | issued << 176. */
const wordOf = (holder: bigint, seatClass = 1n, frozen = 0n, issued = opensAt - 1n) =>
  holder + seatClass * 2n ** 160n + frozen * 2n ** 168n + issued * 2n ** 176n;

interface Said {
  readonly word?: bigint;
  readonly terms?: object;
  /** The seat's sixteen bits. */
  readonly counted?: bigint;
  readonly spent?: bigint;
  readonly multiplier?: bigint;
}
const open = { submissionEnd: 1n, opensAt, lockCap: 1n, season: 1n, seasonLength: 1n, endedAt: 0n, mark: 0n };

/** A chain that says one thing at its newest block and, where given, another at its final one. */
function readsOf(latest: Said, finalized: Said = latest): Reads {
  return {
    isOnline: () => true,
    read: async <T>({ fn, args }: Call, at: 'latest' | 'finalized') => {
      const said = at === 'latest' ? latest : finalized;
      const answers: Record<string, unknown> = {
        termsOf: said.terms ?? open,
        wordsOf: (args[0] as number[] | undefined)?.map?.(() => said.word ?? wordOf(BigInt(key))),
        ballotWord: (said.counted ?? 0n) << (7n * 16n),
        creditsSpent: said.spent ?? 0n,
        multipliersAt: [said.multiplier ?? 10_000n],
      };
      return answers[fn] as T;
    },
  };
}

async function verdict(said: Said, finalized?: Said, item = ballot(7)): Promise<string> {
  const [found] = await lane.preflight([item], readsOf(said, finalized));
  return found!.verdict === 'ready' ? 'ready' : `${found!.verdict} ${found!.reason}`;
}

describe('ballots on their way to the chain', () => {
  it('go when the proposal is recorded and open, and the seat’s key signed', async () => {
    assert.equal(await verdict({}), 'ready');
    assert.equal(await verdict({ terms: { ...open, submissionEnd: 0n } }), 'not-yet proposal_not_recorded');
    assert.equal(await verdict({ word: wordOf(BigInt(key), 1n, 1n) }), 'not-yet seat_frozen');
    assert.equal(await verdict({ word: 0n }), 'not-yet seat_not_recorded');
  });

  it('never go once it is closed or cancelled, or the seat is another’s, a guest’s, given back or too new', async () => {
    assert.equal(await verdict({ terms: { ...open, mark: 2n } }), 'never cancelled');
    assert.equal(await verdict({ terms: { ...open, mark: 1n } }), 'never proposal_closed');
    assert.equal(await verdict({ terms: { ...open, endedAt: 5n } }), 'never proposal_closed');
    assert.equal(await verdict({ word: wordOf(BigInt(key) + 1n) }), 'never key_changed');
    assert.equal(await verdict({ word: wordOf(BigInt(key), 2n) }), 'never not_a_resident');
    assert.equal(await verdict({ word: wordOf(BigInt(key), 3n) }), 'never seat_retired');
    assert.equal(await verdict({ word: wordOf(BigInt(key), 1n, 0n, opensAt) }), 'never seat_too_new');
  });

  it('wait while only a block that may be taken back speaks against them', async () => {
    assert.equal(await verdict({ terms: { ...open, mark: 2n } }, {}), 'not-yet not_final_yet');
    assert.equal(await verdict({ word: wordOf(BigInt(key) + 1n) }, {}), 'not-yet not_final_yet');
    assert.equal(await verdict({}, { terms: { ...open, mark: 2n } }), 'ready');
  });

  it('keep to the credits as the governor counts them', async () => {
    assert.equal(await verdict({ spent: 91n }), 'ready');
    assert.equal(await verdict({ spent: 92n }), 'never out_of_credits');
    assert.equal(await verdict({ spent: 92n, multiplier: 10_100n }), 'ready');
    const six = ballot(7, { votes: 6 });
    assert.equal(await verdict({}, undefined, six), 'never over_quarter');
    assert.equal(await verdict({ multiplier: 14_399n }, undefined, six), 'never over_quarter');
    assert.equal(await verdict({ multiplier: 14_400n }, undefined, six), 'ready');
  });

  it('take the place of a counted one by a higher revision alone, which costs only the difference', async () => {
    const counted = (revision: bigint, support: bigint, votes: bigint) => (revision << 8n) | (support << 4n) | votes;
    assert.equal(await verdict({ counted: counted(1n, 0n, 2n) }), 'never overtaken');
    const second = ballot(7, { revision: 2 });
    assert.equal(await verdict({ counted: counted(1n, 0n, 2n), spent: 95n }, undefined, second), 'ready');
    assert.equal(
      await verdict({ counted: counted(1n, 0n, 2n), spent: 96n }, undefined, second),
      'never out_of_credits',
    );
    assert.equal(await verdict({ counted: counted(1n, 0n, 3n), spent: 100n }, undefined, second), 'ready');
  });

  it('have landed when the governor counted exactly them', async () => {
    const landed = async (counted: bigint) => (await lane.landed([ballot(7)], readsOf({ counted }), 'finalized'))[0];
    assert.equal(await landed((1n << 8n) | (1n << 4n) | 3n), true);
    assert.equal(await landed(0n), false);
    assert.equal(await landed((2n << 8n) | (1n << 4n) | 3n), false);
    assert.equal(await landed((1n << 8n) | (0n << 4n) | 3n), false);
    assert.equal(await landed((1n << 8n) | (1n << 4n) | 2n), false);
  });

  it('leave fifty of one proposal at a time, the oldest proposal first', async () => {
    const items = [
      ...Array.from({ length: 60 }, (_, index) => ballot(index + 1)),
      ...Array.from({ length: 10 }, (_, index) => ballot(index + 1, { of: other })),
    ];
    const verdicts = await lane.preflight(items, readsOf({}));
    const ready = items.filter((_, index) => verdicts[index]!.verdict === 'ready');
    assert.equal(ready.length, 50);
    assert.ok(ready.every(({ subject }) => subject === proposal));
    const waiting = verdicts.filter((each) => each.verdict === 'not-yet' && each.reason === 'others_first');
    assert.equal(waiting.length, 20);
  });

  it('are packed ascending by seat, 70 bytes each', () => {
    const call = lane.prepare([ballot(300, { votes: 5, revision: 4 }), ballot(7)], undefined as never);
    assert.deepEqual([call.contract, call.fn, call.args[0]], ['CoopGovernor', 'castBallots', proposal]);
    const bytes = String(call.args[1]).slice(2);
    assert.equal(bytes.length, 2 * 70 * 2);
    assert.equal(bytes.slice(0, 12), '000007010301');
    assert.equal(bytes.slice(140, 152), '00012c010504');
  });
});
