import { fieldsOf } from '../../../src/signing/index.ts';
import { type LaneOfDay, type Life, texts } from './lane.ts';

interface Proposal {
  readonly id: string;
  readonly title: string;
  readonly my?: { readonly ballot?: unknown; readonly refusal?: string };
}

/** A number that nobody here lives by, within the bounds that the contract keeps. */
const number = { key: 'orders.markup', most: 3000 };
let titles = 0;

/** Each may make three in a season; whose key is asked for by mistake makes none. */
const everybody = ({ cast }: Life) => [...cast.residents, ...cast.board, ...cast.others.slice(1)];

async function livePropose(life: Life): Promise<void> {
  const { random } = life;
  while (!life.isOver()) {
    const title = `Drill ${++titles}`;
    const value = random.between(0, number.most);
    const body = {
      kind: 'parameters',
      title,
      text: 'So that something changes.',
      openForDays: 3,
      number: { key: number.key, value },
    };
    const phone = random.pick(everybody(life));
    const outcome = await life.caller(phone).perform<Proposal>({ method: 'POST', path: '/api/proposals', body });
    if (outcome.done) life.acknowledged({ lane: 'proposals', text: `${outcome.body.id}: ${title}`, isIntent: true });
    // The same number again; everybody has made three in this season.
    else life.refused(outcome, 'bad_request', 'too_many_proposals', 'clock_untrusted');
    await life.pause();
  }
}

async function liveVote(life: Life): Promise<void> {
  const { random } = life;
  while (!life.isOver()) {
    await Promise.all(life.cast.residents.map((phone) => voteOnce(life, phone, random.chance(0.9))));
    await life.pause();
  }
}

async function voteOnce(life: Life, phone: Life['cast']['treasurer'], isFor: boolean): Promise<void> {
  const member = life.caller(phone);
  const { items } = await member.get<{ items: Proposal[] }>('/api/proposals?state=open&limit=100');
  const open = items.find(({ title, my }) => title.startsWith('Drill ') && !my?.ballot && !my?.refusal);
  if (!open) return;
  const body = { support: isFor ? 'for' : 'against', votes: 1 };
  const outcome = await member.perform({ method: 'PUT', path: `/api/proposals/${open.id}/ballot`, body });
  if (!outcome.done) return life.refused(outcome, 'proposal_closed', 'not_enough_credits', 'not_found', 'conflict');
  const text = `seat ${phone.seat} on ${open.id}: ${body.support}`;
  life.acknowledged({ lane: 'votes', text, isIntent: true });
}

/** What members propose to the building: a number becomes another. */
export const proposals: LaneOfDay = {
  name: 'proposals',
  isOneByOne: true,
  calls: ['CoopGovernor.record', 'CoopGovernor.stateOf'],
  live: livePropose,
  kept: (reader) =>
    texts(reader, `SELECT public_id || ': ' || title AS text FROM proposals WHERE title LIKE 'Drill %'`),
  keyOf: ({ subject }) => subject,
  landed: ({ events }) => events.of('CoopGovernor', 'ProposalRecorded').map(({ args }) => String(args.id)),
  voidReasons: [],
};

const supports = ['against', 'for', 'abstain'];
/** A ballot in the governor's event: seat u24, its 16 bits before and after; revision (8) | zero (2) | support (2) | votes (4). */
const changeBytes = 7;

function ballotsIn(id: string, changes: string): string[] {
  const bytes = Buffer.from(changes.slice(2), 'hex');
  return Array.from({ length: bytes.length / changeBytes }, (_, index) => {
    const at = index * changeBytes;
    const after = bytes.readUInt16BE(at + 5);
    return `${id}/${bytes.readUIntBE(at, 3)}/${(after >> 4) & 3}/${after & 15}/${after >> 8}`;
  });
}

/** Everybody's ballots; they leave when the building has closed the vote. */
export const votes: LaneOfDay = {
  name: 'votes',
  calls: ['CoopGovernor.castBallots', 'CoopGovernor.ballotWord', 'CoopGovernor.termsOf'],
  live: liveVote,
  most: 2000,
  kept: (reader) =>
    texts(
      reader,
      `SELECT 'seat ' || i.seat || ' on ' || p.public_id || ': ' || CASE json_extract(i.message, '$.fields.support')
          WHEN 0 THEN '${supports[0]}' WHEN 1 THEN '${supports[1]}' ELSE '${supports[2]}' END AS text
        FROM intents i JOIN proposals p ON p.hash = i.subject WHERE i.lane = 'votes' AND p.title LIKE 'Drill %'`,
    ),
  keyOf: ({ message }) => {
    const { proposal, seat, support, votes: count, revision } = fieldsOf(message, 'Ballot');
    return `${proposal}/${seat}/${support}/${count}/${revision}`;
  },
  landed: ({ events }) =>
    events.of('CoopGovernor', 'BallotsCast').flatMap(({ args }) => ballotsIn(String(args.id), String(args.changes))),
  // A restored hub lets people vote again on what its former life has told the chain.
  voidReasons: ['overtaken', 'replaced'],
};

/** What passed is carried out, 52 days after the close. */
export const executions: LaneOfDay = {
  name: 'executions',
  calls: ['CoopGovernor.execute'],
  live: async () => {},
  kept: () => [],
  keyOf: ({ subject }) => subject,
  landed: ({ events }) => events.of('CoopGovernor', 'ProposalExecuted').map(({ args }) => String(args.id)),
  voidReasons: ['rejected', 'counted_otherwise'],
};
