import { readSettleArguments } from './settle/arguments.ts';
import { runSettle, type SettleFigures } from './settle/run-settle.ts';

export const about = `A lying line between hub and chain: time-outs, stale heads, wrong nonces, reorganisations, another chain,
                 kill -9, power cuts, restores. Every valid intent is final once, the journal is the chain.
                 [--count 500] [--minutes 24] [--seed 1] [--only | --without KIND,…] [--verbose]
                 [--sabotage resend-new-nonce | trust-receipt | void-not-yet]. Up to 30 minutes on 2 cores`;

export const run = (args: readonly string[], tell: (line: string) => void = console.log): Promise<SettleFigures> =>
  runSettle(readSettleArguments(args), tell);
