import { type Job, type Reads, system } from '../../platform/ports/index.ts';
import { groOf, putGro } from './locks.store.ts';
import { governanceOnChain, type ProposalsDeps } from './proposals.ts';

/** Keeps what the final chain says of each seat's free GRO, so that nobody who asks waits for the chain. */
export function groJob(deps: ProposalsDeps, reads: () => Reads | undefined): Job {
  const { store, members } = deps;
  return {
    name: 'gro.read',
    async run() {
      const chain = reads();
      const onChain = deps.onChain();
      if (!onChain?.contracts.GroToken || !chain?.isOnline()) return;
      governanceOnChain(onChain);
      const seats = store.read((reader) => members.keysOfSeats(reader));
      if (seats.length === 0) return;
      const addresses = seats.map((seat) => seat.addresses[0]!);
      const call = { contract: 'GroToken', fn: 'balanceOfBatch', args: [addresses, addresses.map(() => '0')] };
      const balances = await chain.read<bigint[]>(call, 'finalized');
      const news = store.read((reader) =>
        seats.flatMap(({ seat }, index) => {
          const amountMicros = Number(balances[index]);
          return groOf(reader, seat)?.amountMicros === amountMicros ? [] : [{ seat, amountMicros }];
        }),
      );
      if (news.length === 0) return;
      await store.act({ name: 'gro.read', actor: system('governance') }, (tx) => {
        for (const { seat, amountMicros } of news) {
          putGro(tx, seat, amountMicros);
          tx.changed('lock', String(seat), 0, `seat:${seat}`);
        }
        tx.audit({ count: news.length });
      });
    },
  };
}
