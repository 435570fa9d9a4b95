import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkBooks } from '../../../src/journal/index.ts';
import { outbox } from '../../../src/outbox/index.ts';
import type { Intent, Reader } from '../../../src/platform/ports/index.ts';
import { createReader, openReader, quickCheck } from '../../../src/store/index.ts';
import { tally } from '../../day/verdict/tally.ts';
import type { LaneOfDay } from '../lanes/lane.ts';
import { type KeptLedger, told } from '../ledger.ts';
import { type ChainEvents, readChainEvents } from './chain-events.ts';
import { seatAddresses, seatMoney } from './money.ts';

export interface LaneVerdict {
  readonly lane: string;
  readonly intents: number;
  readonly final: number;
  readonly void: number;
}

export interface SettleVerdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly stuck: readonly string[];
  readonly driftMicros: number;
  readonly wrong: readonly string[];
  readonly lanes: readonly LaneVerdict[];
}

export interface Scene {
  readonly dir: string;
  readonly deploymentFile: string;
  readonly relayer: string;
}

/** Judges a stopped building by its store and its chain, against what people were told. */
export async function judgeSettled(
  scene: Scene,
  lanes: readonly LaneOfDay[],
  ledger: KeptLedger,
): Promise<SettleVerdict> {
  const log = readFileSync(join(dirname(scene.deploymentFile), 'transactions.jsonl'), 'utf8').split('\n');
  const blocks = log.filter((line) => line !== '').map((line) => JSON.parse(line) as { raw?: string });
  const events = await readChainEvents(scene.deploymentFile, blocks);
  const store = openReader(join(scene.dir, 'stoop.db'));
  try {
    const reader = createReader(store);
    const byLane = lanes.map((lane) => judgeLane(lane, reader, events, ledger));
    const money = seatMoney(reader, events);
    const sent = judgeAttempts(reader, events);
    return {
      lost: byLane.flatMap(({ lost }) => lost),
      doubled: [...byLane.flatMap(({ doubled }) => doubled), ...sent.doubled],
      stuck: [
        ...outbox.waiting(reader).map(({ lane, count }) => `${count} of ${lane} never came to their end`),
        ...sent.stuck,
        ...(await gapOf(reader, events, scene.relayer)),
      ],
      driftMicros: money.driftMicros,
      wrong: [...quickCheck(store), ...checkBooks(reader), ...money.differences],
      lanes: byLane.map(({ verdict }) => verdict),
    };
  } finally {
    store.close();
    await events.close();
  }
}

const allOf = (reader: Reader, lane: string): Intent[] =>
  reader
    .prepare('SELECT public_id AS id FROM intents WHERE lane = @lane ORDER BY id')
    .all<{ id: string }>({ lane })
    .map(({ id }) => outbox.find(reader, id)!);

function judgeLane(lane: LaneOfDay, reader: Reader, events: ChainEvents, ledger: KeptLedger) {
  const intents = allOf(reader, lane.name);
  const landed = lane.landed({ reader, events, seatOf: seatAddresses(reader) });
  const times = new Map<string, number>();
  for (const key of landed) times.set(key, (times.get(key) ?? 0) + 1);
  const { certain, perhaps } = told(ledger, lane.name);
  const kept = tally(certain, lane.kept(reader));
  const extra = tally(perhaps, kept.extra).extra;
  const final = intents.filter(({ state }) => state === 'final');
  const given = intents.filter(({ state }) => state === 'void');
  const finalKeys = new Set(final.map(lane.keyOf));
  const name = ({ id }: Intent) => `${lane.name} ${id}`;
  return {
    lost: [
      ...kept.lost.map((text) => `${lane.name}: told and not there: ${text}`),
      ...final.filter((one) => !times.has(lane.keyOf(one))).map((one) => `${name(one)}: final here, not on the chain`),
      ...given
        .filter(({ reason }) => !lane.voidReasons.includes(reason ?? ''))
        .map((one) => `${name(one)}: given up for ${one.reason ?? 'no reason'}`),
      ...given
        .filter((one) => times.has(lane.keyOf(one)) && !finalKeys.has(lane.keyOf(one)))
        .map((one) => `${name(one)}: given up here (${one.reason}), on the chain all the same`),
    ],
    doubled: [
      ...extra.map((text) => `${lane.name}: there, and nobody was told: ${text}`),
      ...[...times].flatMap(([key, count]) => (count > 1 ? [`${lane.name} ${key}: ${count} times on the chain`] : [])),
    ],
    verdict: { lane: lane.name, intents: intents.length, final: final.length, void: given.length },
  };
}

const sql = {
  carried: `SELECT i.public_id AS id, i.lane, t.locator, t.landed_locator AS landed FROM attempt_items x
    JOIN attempts t ON t.id = x.attempt_id JOIN intents i ON i.id = x.intent_id ORDER BY t.id`,
  open: `SELECT lane, sender_nonce AS nonce, state FROM attempts WHERE state IN ('prepared', 'sent', 'mined')`,
  highest: `SELECT MAX(sender_nonce) AS nonce FROM attempts WHERE lower(sender) = @sender AND state = 'final'`,
} as const;

/** An intent in two transactions that are both on the chain was sent again while the first might still land. */
function judgeAttempts(reader: Reader, events: ChainEvents) {
  const carriers = new Map<string, Set<string>>();
  for (const { id, lane, locator, landed } of reader
    .prepare(sql.carried)
    .all<{ id: string; lane: string; locator: string; landed: string | null }>()) {
    const hash = [landed, locator].find((one) => one !== null && events.transaction(one) !== undefined);
    if (!hash) continue;
    const key = `${lane} ${id}`;
    carriers.set(key, (carriers.get(key) ?? new Set()).add(hash));
  }
  return {
    doubled: [...carriers].flatMap(([key, hashes]) => {
      const isDone = [...hashes].some((hash) => events.transaction(hash) === 'done');
      return hashes.size > 1 && isDone ? [`${key}: in ${hashes.size} transactions`] : [];
    }),
    stuck: reader
      .prepare(sql.open)
      .all<{ lane: string; nonce: number; state: string }>()
      .map(({ lane, nonce, state }) => `a transaction of ${lane}, nonce ${nonce}, is still ${state}`),
  };
}

/** What the relayer has used on the chain reaches at least to the last that the hub holds for final. */
async function gapOf(reader: Reader, events: ChainEvents, relayer: string): Promise<string[]> {
  const next = await events.nonceOf(relayer);
  const { nonce } = reader.prepare(sql.highest).get<{ nonce: number | null }>({ sender: relayer.toLowerCase() })!;
  return nonce !== null && nonce >= next ? [`nonce ${nonce} is final here, and ${next} is the chain's next`] : [];
}
