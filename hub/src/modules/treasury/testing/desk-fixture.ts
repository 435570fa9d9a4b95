import { createJournal } from '../../../journal/index.ts';
import { type Actor, type Hex, type OnChain, type SeatNumber, system } from '../../../platform/ports/index.ts';
import { createTempStore } from '../../../store/testing/temp-store.ts';
import { createBank } from '../bank/bank.ts';
import { readStatement, type StatementInput } from '../bank/read-statement.ts';
import { createCash } from '../cash/cash.ts';
import { createTreasury } from '../treasury.ts';

const hex = (byte: string, bytes: number): Hex => `0x${byte.repeat(bytes)}`;
const onChain: OnChain = {
  chainId: 31337,
  hubId: hex('aa', 32),
  foodUsd: hex('bb', 20),
  groupBuying: hex('cc', 20),
  seatRegistry: hex('dd', 20),
  contracts: {},
  clearing: hex('ee', 20),
};

/** The treasurer's books over a real store: nothing is signed, so every mint waits. */
export async function createDeskFixture(seats: readonly SeatNumber[]) {
  const temp = await createTempStore();
  const { store } = temp;
  const journal = createJournal('FUSD', () => []);
  const treasury = createTreasury({
    store,
    journal,
    officers: { addressesOf: () => [], sign: () => [] },
    onChain: () => onChain,
    hasSeat: (_reader, seat) => seats.includes(seat),
  });
  const workers = { run: async <T>(_module: URL, input: unknown) => readStatement(input as StatementInput) as T };
  const payers = () => seats.map((seat) => ({ seat, name: `Neighbour ${seat}` }));
  const bank = createBank({ store, treasury, workers, payers, checkSubject: () => {} });
  const cash = createCash({ store, treasury });
  const treasurer: Actor = { seat: 90, roles: ['treasurer'] };
  return {
    ...temp,
    journal,
    treasury,
    bank,
    cash,
    treasurer,
    founder: system('test'),
    bring: (name: string, csv: string) =>
      bank.importStatement(treasurer, {
        bank: name,
        fileName: `${name}.csv`,
        content: Buffer.from(csv).toString('base64'),
      }),
  };
}

export type DeskFixture = Awaited<ReturnType<typeof createDeskFixture>>;
