import type { Simulator } from '@stoop/contracts/dev-chain/simulator.ts';
import type { Hex } from '../../platform/ports/index.ts';
import { FilecoinPool, type Waiting } from './filecoin-pool.ts';

export const epochSeconds = 30;
const hex = (value: number | bigint): Hex => `0x${value.toString(16)}`;

export interface ReorgOptions {
  /** What becomes of the messages: taken again in the first new epoch, in the last one, or lost. */
  readonly messages?: 'first' | 'last' | 'lost';
}

/** Epochs over the simulator: block number n is epoch n, an empty one may be a null round, and time is moved by hand. */
export class FilecoinEpochs {
  readonly pool = new FilecoinPool();
  /** Holds the base fee here until it is undefined again. */
  baseFeeWei?: bigint;
  readonly #simulator: Simulator;
  readonly #nullRounds = new Set<number>();
  readonly #snapshots = new Map<number, unknown>();
  readonly #messages = new Map<number, Waiting[]>();
  #nonces = new Map<Hex, number>();
  #head = 0;
  #headS = 0;
  #draws = 0;
  /** Serial: the simulator knows one next block. */
  #tail: Promise<unknown> = Promise.resolve();

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** The heaviest tipset. What it did is not executed yet: `latest` is the one before. */
  get head(): number {
    return this.#head;
  }

  get headMs(): number {
    return this.#headS * 1000;
  }

  /** Takes over from the simulator as it stands. */
  async begin(): Promise<void> {
    await this.#ask('evm_setAutomine', [false]);
    const { number, timestamp } = await this.#ask<{ number: Hex; timestamp: Hex }>('eth_getBlockByNumber', [
      'latest',
      false,
    ]);
    this.#head = Number(number);
    this.#headS = Number(timestamp);
    await this.#keep();
  }

  isNull(epoch: number): boolean {
    return this.#nullRounds.has(epoch);
  }

  /** The last epoch at or before this one that holds a block. */
  solid(epoch: number): number {
    let at = epoch;
    while (at > 0 && this.#nullRounds.has(at)) at -= 1;
    return at;
  }

  stateNonce = (from: Hex): number => this.#nonces.get(from) ?? 0;

  /** Reads the sender's nonce once, so that the pool's rules can be asked without waiting. */
  async know(from: Hex): Promise<void> {
    const nonce = await this.#ask<Hex>('eth_getTransactionCount', [from, 'latest']);
    this.#nonces.set(from, Number(nonce));
  }

  /** One epoch passes. A null round holds nothing; otherwise it takes what is ready. */
  epoch({ isNull = false } = {}): Promise<void> {
    return this.#inOrder(() => this.#mine(isNull ? 'null' : 'ready'));
  }

  /** Many quiet epochs at once; what waits stays where it is. */
  skip(count: number): Promise<void> {
    return this.#inOrder(async () => {
      await this.#setTime(this.#headS + epochSeconds);
      await this.#ask('hardhat_mine', [hex(count), hex(epochSeconds)]);
      this.#head += count;
      this.#headS += count * epochSeconds;
      await this.#keep();
    });
  }

  /** Epochs after `depth` back are made anew, one more of them, so that the new chain is the heavier. */
  reorg(depth: number, { messages = 'first' }: ReorgOptions = {}): Promise<void> {
    return this.#inOrder(async () => {
      const from = this.#head - depth;
      const snapshot = this.#snapshots.get(from);
      if (snapshot === undefined) throw new Error(`epoch ${from} was not kept`);
      const orphans: Waiting[] = [];
      for (let epoch = from + 1; epoch <= this.#head; epoch++) {
        orphans.push(...(this.#messages.get(epoch) ?? []));
        this.#messages.delete(epoch);
        this.#snapshots.delete(epoch);
        this.#nullRounds.delete(epoch);
      }
      await this.#ask('evm_revert', [snapshot]);
      this.#headS -= depth * epochSeconds;
      this.#head = from;
      await this.#keep();
      for (const message of orphans) if (messages !== 'lost') this.pool.putBack(message);
      for (let made = 0; made <= depth; made++) {
        const isTurn = messages === 'first' ? made === 0 : made === depth;
        await this.#mine(isTurn ? 'ready' : 'empty');
      }
    });
  }

  async #mine(what: 'ready' | 'empty' | 'null'): Promise<void> {
    if (this.baseFeeWei !== undefined) await this.#ask('hardhat_setNextBlockBaseFeePerGas', [hex(this.baseFeeWei)]);
    const pending = await this.#ask<{ baseFeePerGas: Hex }>('eth_getBlockByNumber', ['pending', false]);
    for (const { from } of this.pool.all()) await this.know(from);
    const ready = what === 'ready' ? this.pool.ready(BigInt(pending.baseFeePerGas), this.stateNonce) : [];
    for (const { raw } of ready) await this.#ask('eth_sendRawTransaction', [raw]).catch(() => {});
    await this.#setTime(this.#headS + epochSeconds);
    // Two tipsets of the same height and content differ by their tickets.
    await this.#ask('hardhat_setPrevRandao', [`0x${(++this.#draws).toString(16).padStart(64, '0')}`]);
    await this.#ask('evm_mine', []);
    this.#head += 1;
    this.#headS += epochSeconds;
    const block = await this.#ask<{ transactions: Hex[] }>('eth_getBlockByNumber', [hex(this.#head), false]);
    const taken = new Set(block.transactions);
    for (const message of ready) {
      if (taken.has(message.hash)) this.pool.remove(message);
      else await this.#ask('hardhat_dropTransaction', [message.hash]).catch(() => {});
    }
    this.#messages.set(
      this.#head,
      ready.filter(({ hash }) => taken.has(hash)),
    );
    if (what === 'null') this.#nullRounds.add(this.#head);
    for (const from of this.#nonces.keys()) await this.know(from);
    this.pool.prune(this.stateNonce);
    await this.#keep();
  }

  async #setTime(seconds: number): Promise<void> {
    await this.#ask('evm_setNextBlockTimestamp', [seconds]);
  }

  async #keep(): Promise<void> {
    this.#snapshots.set(this.#head, await this.#ask('evm_snapshot', []));
  }

  #inOrder(work: () => Promise<void>): Promise<void> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => {});
    return done;
  }

  #ask<T>(method: string, params: readonly unknown[]): Promise<T> {
    return this.#simulator.request(method, params) as Promise<T>;
  }
}
