import { systemClock } from '../../../platform/clock.ts';
import { fail } from '../../../platform/errors.ts';
import {
  type Hex,
  type Intent,
  type Office,
  type Officers,
  type OnChain,
  type Reader,
  type SeatNumber,
  type SeenEvent,
  system,
  type Tx,
} from '../../../platform/ports/index.ts';
import { addressOf, createOfficers, createPrivateKey, digest, signDigest } from '../../../signing/index.ts';
import { createTempStore } from '../../../store/testing/temp-store.ts';
import { createProduceRoom } from '../index.ts';
import { journalOf } from '../produce.ts';

const address = (digit: string): Hex => `0x${digit.repeat(40)}`;

export const onChain: OnChain = {
  chainId: 31999,
  hubId: `0x${'11'.repeat(32)}`,
  foodUsd: address('a'),
  groupBuying: address('b'),
  seatRegistry: address('c'),
  contracts: { GroToken: address('d') },
  clearing: address('e'),
};

const dayMs = 86_400_000;
export const seats: readonly SeatNumber[] = [1, 2, 3];
export const gardener = { seat: 9, roles: ['gardener'] } as const;
export const certifier = { seat: 8, roles: ['certifier'] } as const;

/** The room of produce over a real store and real keys, without a chain: what the chain does is played. */
export async function createGardenHouse({ isHeld = true } = {}) {
  const temp = await createTempStore();
  const { store } = temp;
  const keys = new Map(seats.map((seat) => [seat, createPrivateKey()]));
  const officerKeys: Partial<Record<Office, Uint8Array>> = {
    certifier: createPrivateKey(),
    steward: createPrivateKey(),
  };
  const officer = (office: Office) => addressOf(officerKeys[office]!);
  const known = createOfficers({ certifier: [officer('certifier')], steward: [officer('steward')] });
  const held: Officers = {
    addressesOf: known.addressesOf,
    sign: (office, digest) => [{ address: officer(office), signature: signDigest(digest, officerKeys[office]!) }],
  };
  const keyOf = (seat: SeatNumber): Hex | undefined => {
    const key = keys.get(seat);
    return key && addressOf(key);
  };
  const room = createProduceRoom({
    store,
    clock: systemClock,
    officers: isHeld ? held : known,
    members: {
      async sign({ seat }, domain, message) {
        const key = seat === undefined ? undefined : keys.get(seat);
        if (!key) throw fail('grant_needed');
        return signDigest(digest(domain, message), key);
      },
      addressOf: (_reader, seat) => keyOf(seat),
      labelOf: (_reader, seat) => `Seat ${seat}`,
      outgoingWaitsUntil: () => undefined,
      nameOf: (_reader, seat) => `Neighbour ${seat}`,
      seats: () => seats.map((seat) => ({ seat, addresses: [keyOf(seat)!] })),
    },
    seatOf: (_reader, wanted) => seats.find((seat) => keyOf(seat) === wanted),
    onChain: () => onChain,
    reads: () => undefined,
  });
  const act = <T>(work: (tx: Tx) => T) => store.act({ name: 'test', actor: system('test') }, work);
  const read = <T>(work: (reader: Reader) => T) => store.read(work);
  let logIndex = 0;

  return {
    ...temp,
    room,
    act,
    read,
    keyOf,
    officer,
    officerKey: (office: Office) => officerKeys[office]!,
    lane: (name: string) => room.lanes!.find((lane) => lane.name === name)!,
    today: () => new Date(Date.now() - dayMs).toISOString().slice(0, 10),
    /** A recorded lot. */
    record(grams: number) {
      const harvestedOn = new Date().toISOString().slice(0, 10);
      return room.lots.record(gardener, { farm: 'Tower 1', crop: 'Lettuce', harvestedOn, grams });
    },
    async certified(grams: number) {
      const id = await this.record(grams);
      await room.lots.certify(certifier, id, grams);
      return id;
    },
    grams: (lotId: string, seat: SeatNumber) =>
      read((reader) => journalOf({ id: lotId }).balance(reader, seat).availableMicros),
    tokenOf: (lotId: string) =>
      read((reader) =>
        reader.prepare('SELECT token_id AS id FROM lots WHERE public_id = @lotId').get<{ id: string }>({ lotId }),
      )!.id,
    /** As the dispatcher does it. */
    settle: (intent: Intent) => act((tx) => room.lanes!.find(({ name }) => name === intent.lane)!.settled(tx, intent)),
    void: (intent: Intent, reason: string) =>
      act((tx) => room.lanes!.find(({ name }) => name === intent.lane)!.voided(tx, intent, reason)),
    /** As the watcher tells of it. */
    see: (name: string, args: Record<string, unknown>, contract = 'GroToken') => {
      const txHash: Hex = `0x${String(++logIndex).padStart(64, '0')}`;
      const event: SeenEvent = { contract, name, args, txHash, logIndex, blockNumber: 1, atMs: Date.now() };
      return act((tx) => room.onChainEvent!(tx, event));
    },
  };
}

export type GardenHouse = Awaited<ReturnType<typeof createGardenHouse>>;
