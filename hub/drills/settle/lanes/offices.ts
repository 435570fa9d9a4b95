import { setTimeout as wait } from 'node:timers/promises';
import { Wallet } from 'ethers';
import { fieldsOf } from '../../../src/signing/index.ts';
import { longPause } from './board.ts';
import { type LaneOfDay, type Life, texts } from './lane.ts';

interface Change {
  readonly id: string;
  readonly state: string;
}

const address = ({ random }: Life): string =>
  `0x${Array.from({ length: 40 }, () => random.between(0, 15).toString(16)).join('')}`;

async function live(life: Life): Promise<void> {
  const { random } = life;
  while (!life.isOver()) {
    // A guardian serves at once; an attestor is announced first.
    const office = random.pick(['guardian', 'guardian', 'guardian', 'attestor']);
    const body = { office, action: 'name', address: address(life) };
    const officer = life.caller(random.pick(life.cast.board));
    const outcome = await officer.perform<Change>({ method: 'POST', path: '/api/office-changes', body });
    if (outcome.done)
      life.acknowledged({ lane: 'board-calls', text: `${outcome.body.id}: ${office} ${body.address}`, isIntent: true });
    else life.refused(outcome);
    await longPause(life);
  }
}

/** Keys that get an office. */
export const boardCalls: LaneOfDay = {
  name: 'board-calls',
  isOneByOne: true,
  calls: ['Board.execute', 'Board.isDone'],
  live,
  kept: (reader) =>
    texts(
      reader,
      `SELECT public_id || ': ' || office || ' ' || json_extract(addresses, '$[0]') AS text FROM office_changes
        WHERE action = 'name'`,
    ),
  keyOf: ({ message }) => {
    const { target, data } = fieldsOf(message, 'Call');
    return `${target.toLowerCase()}/${data}`;
  },
  landed: ({ events }) =>
    events.of('Board', 'Called').map(({ args }) => `${String(args.target).toLowerCase()}/${args.data}`),
  // An announcement runs out after a week: days went by before it could be carried out.
  voidReasons: ['announcement_expired'],
};

async function liveRotating(life: Life): Promise<void> {
  const [first] = life.cast.board.map((phone) => life.caller(phone));
  const keys = life.cast.boardKeys.map((key) => new Wallet(key).address.toLowerCase());
  while (!life.isOver()) {
    // The third seat of the board goes round, or a fourth comes in.
    const board = [...keys, address(life)];
    const outcome = await first!.perform<Change>({ method: 'POST', path: '/api/board', body: { board, threshold: 2 } });
    if (outcome.done) {
      const { id } = outcome.body;
      life.acknowledged({ lane: 'board-rotations', text: `${id}: rotate`, isIntent: true });
      await ended(life, id);
    } else {
      life.refused(outcome, 'conflict');
      await life.pause();
    }
  }
}

/** The next message counts from the one before. */
async function ended(life: Life, id: string): Promise<void> {
  const officer = life.caller(life.cast.board[0]);
  while (!life.isOver()) {
    const { items } = await officer.get<{ items: Change[] }>('/api/office-changes');
    const change = items.find((one) => one.id === id);
    if (!change || change.state === 'done' || change.state === 'ended') return;
    await wait(500);
  }
}

/** The board's own keys change: a fourth one comes and goes. */
export const boardRotations: LaneOfDay = {
  name: 'board-rotations',
  isOneByOne: true,
  calls: ['SeatRegistry.rotateBoard', 'SeatRegistry.boardRevision'],
  live: liveRotating,
  kept: (reader) => texts(reader, `SELECT public_id || ': rotate' AS text FROM office_changes WHERE action = 'rotate'`),
  keyOf: ({ message }) => String(fieldsOf(message, 'Rotate').revision),
  landed: ({ events }) => events.of('SeatRegistry', 'BoardRotated').map(({ args }) => String(args.revision)),
  // A restored hub counts from what it knows, and its former life was further.
  voidReasons: ['overtaken'],
};
