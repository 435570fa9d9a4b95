import type { Config } from '../config/index.ts';
import type { Fault } from '../platform/faults.ts';
import type { LineState, Route } from '../platform/ports/index.ts';
import type { OpenStore } from '../store/index.ts';

/** Of the composed building, what commands may use. */
export interface RunningBuilding {
  readonly store: OpenStore;
  readonly members: { claimCode(): Promise<string | undefined> };
  readonly routes: readonly Route[];
  readonly dispatcher: { wake(): void };
  readonly chain: { state(): LineState; rebuild(isPruned: boolean): Promise<ChainRebuilt> };
  /** By which the building goes. */
  readonly clockTrust: { readonly clock: { nowMs(): number } };
  readonly broker?: { address(): { port: number } | undefined };
}

/** What the chain's events come to, made anew. */
export interface ChainRebuilt {
  readonly logs: number;
  readonly toBlock: number;
  readonly unreadTo?: number;
  readonly differences: readonly string[];
}

export interface RunningHub {
  readonly building?: RunningBuilding;
  readonly web: { addresses(): { http: string; https?: string; lan: readonly string[] } };
  /** What the page is told about the hub. */
  state(): object;
  faults(): readonly Fault[];
  metricsText(): string;
}

/** What was typed after the command's name, by option name. */
export type Args = Readonly<Record<string, string | number | boolean | undefined>>;

/** The part of a command that runs inside the hub and is reached over its socket. */
export interface HubCommand<Answer = unknown> {
  readonly name: string;
  /** How long its answer may take; half a minute when left out. */
  readonly answersWithinMs?: number;
  run(building: RunningBuilding, args: Args, hub: RunningHub): Promise<Answer>;
}

/** What a command prints: `value` with --json, else the lines. */
export interface Outcome {
  readonly value: unknown;
  readonly lines: readonly string[];
  readonly exitCode?: number;
}

/** The settings a command works with, and the hub when it answers. */
export interface Context {
  readonly config: Config;
  readonly version: string;
  /** Of Node and what is in it. */
  readonly runtime: Readonly<Record<string, string | undefined>>;
  /** The repository: the built page lies below it. */
  readonly root: string;
  readonly cwd: string;
  readonly isJson: boolean;
  readonly signal: AbortSignal;
  /** Prints at once; for what cannot wait for the outcome. */
  print(line: string): void;
  /** Asks the running hub. Throws `hubDown` when none answers, and what the hub itself throws. */
  ask<Answer>(command: HubCommand<Answer>, args?: Args): Promise<Answer>;
  /** What a person types; undefined when nobody sits there. */
  question(text: string): Promise<string | undefined>;
  /** Undefined when no hub answers on the data folder's socket. */
  askIfUp<Answer>(command: HubCommand<Answer>, args?: Args): Promise<Answer | undefined>;
}

export interface Option {
  /** As commander writes it: `--file <path>`. */
  readonly flags: string;
  readonly summary: string;
}

export interface Command {
  /** `claim`, or `migrate down`. */
  readonly name: string;
  /** `[kiosk]`; the argument's name is its key in the args. */
  readonly argument?: string;
  readonly summary: string;
  /** Below the options in --help. */
  readonly more?: string;
  readonly options?: readonly Option[];
  run(context: Context, args: Args): Promise<Outcome>;
}
