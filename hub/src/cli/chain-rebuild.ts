import type { ChainRebuilt, Command, HubCommand, Outcome } from './command.ts';
import { exit } from './exit-codes.ts';

export const rebuildChain: HubCommand<ChainRebuilt> = {
  name: 'chain rebuild',
  // A Filecoin chain of a year has a million epochs, at two thousand a call.
  answersWithinMs: 3_600_000,
  run: (building, args) => building.chain.rebuild(args.fromState === true),
};

export const chainRebuild: Command = {
  name: 'chain rebuild',
  summary:
    'read the chain’s events again, make balances, transfers, votes, locks and lots anew, and compare with its state',
  more: `Nothing is sent and no money moves. What was booked once is not booked again.
Ends with 1 when the events and the chain's state differ.`,
  options: [
    {
      flags: '--from-state',
      summary: 'the endpoint no longer has the oldest events: take what they did from the chain’s state',
    },
  ],
  async run({ ask }, args): Promise<Outcome> {
    const rebuilt = await ask(rebuildChain, { fromState: args.fromState });
    return {
      value: rebuilt,
      lines: linesOf(rebuilt),
      exitCode: rebuilt.differences.length > 0 ? exit.failed : exit.ok,
    };
  },
};

const linesOf = ({ logs, toBlock, unreadTo, differences }: ChainRebuilt): string[] => [
  `${logs} events up to block ${toBlock}.`,
  ...(unreadTo === undefined
    ? []
    : [`Up to block ${unreadTo} the endpoint has none: what they did is taken from state.`]),
  ...(differences.length === 0
    ? ['They agree with the chain’s state.']
    : differences.map((line) => `Difference: ${line}`)),
];
