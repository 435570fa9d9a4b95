import { setTimeout as wait } from 'node:timers/promises';
import { Wallet } from 'ethers';
import type { Caller } from '../../day/caller.ts';
import type { Life } from './lane.ts';

interface ForBoard {
  readonly id: string;
  readonly office: string;
  readonly signedBy: readonly string[];
  readonly typedData: {
    readonly domain: object;
    readonly types: Record<string, { name: string; type: string }[]>;
    readonly message: Record<string, unknown>;
  };
}

/** Somebody else signed it first; it has left, or a restore took it. */
const ordinary = ['already_exists', 'not_found', 'conflict'];
const enough = 2;

/** Two keys of the board sign whatever waits for them, until the day is over. */
export async function signForBoard(life: Life): Promise<void> {
  const keys = life.cast.boardKeys.slice(0, enough).map((key) => new Wallet(key));
  const desk = life.caller(life.cast.board[0]);
  while (!life.isOver()) {
    await signOnce(life, desk, keys);
    await wait(500);
  }
}

async function signOnce(life: Life, desk: Caller, keys: readonly Wallet[]): Promise<void> {
  const { items } = await desk.get<{ items: ForBoard[] }>('/api/officer-messages');
  for (const { id, signedBy, typedData } of items.filter(({ office }) => office === 'board'))
    for (const key of keys.filter(({ address }) => !signedBy.includes(address.toLowerCase()))) {
      const { EIP712Domain: _, ...types } = typedData.types;
      const signature = await key.signTypedData(typedData.domain, types, typedData.message);
      const outcome = await desk.perform({ method: 'POST', path: `/api/officer-messages/${id}`, body: { signature } });
      if (!outcome.done) life.refused(outcome, ...ordinary);
    }
}

/** Each is a transaction of its own: not too many of them. */
export async function longPause(life: Life): Promise<void> {
  for (let pauses = 0; pauses < 2 && !life.isOver(); pauses++) await life.pause();
}
