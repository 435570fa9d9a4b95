import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer, Task } from './worker.ts';

/** After so many tasks a worker is replaced: the compiler's memory only grows. */
const TASKS_PER_WORKER = 40;

interface Hand {
  do(task: Task): Promise<Answer>;
  stop(): Promise<void>;
}

function hire(): Hand {
  const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), { serialization: 'advanced' });
  const ended = once(child, 'exit');
  return {
    do: async (task) => {
      child.send(task);
      const [answer] = (await Promise.race([
        once(child, 'message'),
        ended.then(([code]) => {
          throw new Error(`A worker ended with code ${code}.`);
        }),
      ])) as [Answer];
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    },
    stop: async () => {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** Several workers, each a process, because the compiler blocks. `room` tells which of them does a task. */
export class Pool {
  readonly jobs: number;
  #hands = new Set<Hand>();

  constructor(jobs: number) {
    this.jobs = jobs;
  }

  /** Does tasks at the same time, as they are taken from `next` until it answers undefined. */
  async drain<T extends Task>(next: () => ((room: number) => T) | undefined, done: (task: T, answer: Answer) => void) {
    const lane = async (room: number): Promise<void> => {
      let hand: Hand | undefined;
      try {
        for (let count = 0, make = next(); make !== undefined; make = next(), count += 1) {
          if (count % TASKS_PER_WORKER === 0) hand = await this.#replace(hand);
          const task = make(room);
          done(task, await hand!.do(task));
        }
      } finally {
        if (hand) await this.#release(hand);
      }
    };
    await Promise.all(Array.from({ length: this.jobs }, (_, room) => lane(room)));
  }

  async #replace(old: Hand | undefined): Promise<Hand> {
    if (old) await this.#release(old);
    const hand = hire();
    this.#hands.add(hand);
    return hand;
  }

  async #release(hand: Hand): Promise<void> {
    this.#hands.delete(hand);
    await hand.stop();
  }

  /** Ends the workers, and they their tests. */
  async stop(): Promise<void> {
    await Promise.all([...this.#hands].map((hand) => this.#release(hand)));
  }
}
