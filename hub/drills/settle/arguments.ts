import { parseArgs } from 'node:util';
import { faultKinds } from './faults.ts';
import { settleSabotages } from './sabotage.ts';

export interface SettleArguments {
  readonly seed: number;
  /** Faults, at least. */
  readonly count: number;
  /** No longer than this before everything is let settle. */
  readonly minutes: number;
  readonly intents: number;
  readonly intentsPerLane: number;
  readonly faultsPerLane: number;
  readonly sabotage?: string;
  readonly verbose: boolean;
  /** Kinds of faults that may be. */
  readonly kinds: readonly string[];
  readonly blockMs: number;
  readonly pollMs: number;
  readonly rpcTimeoutMs: number;
  /** Between two intents of one person or lane, shortest and longest. */
  readonly pauseMs: readonly [number, number];
  readonly intentsMax: number;
  readonly residents: number;
  /** Names of those that are lived with; undefined: all. */
  readonly lanes?: readonly string[];
  readonly settleMs: number;
  /** Between two faults at least. */
  readonly faultEveryMs: number;
  /** Days pass at one go so often at most; undefined: never. */
  readonly leapEveryMs?: number;
}

/** What brings a broken promise to light; without `--only` nothing else happens then. */
const telling: Readonly<Record<string, readonly string[]>> = {
  'resend-new-nonce': ['slow blocks', 'time-out after it was taken'],
  'trust-receipt': ['reorganisation'],
  'void-not-yet': ['server error', 'cut before it was taken'],
};

/** What days of money and garden need; the others bring no broken promise to light that these do not. */
const everyday = [
  'reserves',
  'deposits',
  'orders',
  'corrections',
  'transfers',
  'redemptions',
  'payouts',
  'restores',
  'lots',
  'recalls',
  'harvests',
  'shifts',
  'gro-transfers',
  'consumptions',
];

const text = { type: 'string' } as const;

/** Throws for anything else than what `about` says. With few faults everything else is small as well. */
export function readSettleArguments(args: readonly string[]): SettleArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: text,
      count: text,
      minutes: text,
      sabotage: text,
      without: text,
      only: text,
      verbose: { type: 'boolean' },
    },
  });
  const { sabotage } = values;
  const whole = (name: 'seed' | 'count' | 'minutes', fallback: number): number => {
    const number = Number(values[name] ?? fallback);
    if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name}: must be a whole number, at least 1`);
    return number;
  };
  if (sabotage !== undefined && !settleSabotages.includes(sabotage))
    throw new Error(`--sabotage: must be one of ${settleSabotages.join(', ')}`);
  const only = values.only?.split(',') ?? (sabotage ? telling[sabotage] : undefined);
  const count = whole('count', sabotage ? 30 : 500);
  const isSmall = count < 100;
  return {
    seed: whole('seed', 1),
    count,
    minutes: whole('minutes', isSmall ? 2 : 24),
    intents: isSmall ? 60 : 2000,
    intentsPerLane: isSmall ? 0 : 100,
    faultsPerLane: isSmall ? 0 : 20,
    sabotage,
    verbose: values.verbose ?? false,
    kinds: faultKinds.filter(
      (kind) => (only?.includes(kind) ?? true) && !(values.without?.split(',') ?? []).includes(kind),
    ),
    blockMs: isSmall ? 70 : 150,
    pollMs: isSmall ? 50 : 200,
    rpcTimeoutMs: isSmall ? 1000 : 2000,
    pauseMs: isSmall ? [300, 900] : [1500, 6000],
    residents: isSmall ? 4 : 12,
    lanes: sabotage ? everyday : undefined,
    intentsMax: sabotage ? 120 : isSmall ? 12 : 120,
    settleMs: isSmall ? (sabotage ? 15_000 : 120_000) : 300_000,
    leapEveryMs: sabotage ? undefined : isSmall ? 10_000 : 45_000,
    // All of them in four fifths of the time.
    faultEveryMs: isSmall ? 0 : (whole('minutes', 24) * 48_000) / count,
  };
}
