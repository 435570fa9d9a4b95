import { join } from 'node:path';
import { createBroker } from './broker/index.ts';
import { coinOf, createPlace, lineRoutes } from './chain/index.ts';
import { backupJobs, backupRoutes } from './cli/backup-care.ts';
import {
  assertNotHalfRestored,
  type Building,
  backupDirOf,
  type ComposeOptions,
  catchingUpPathOf,
  storePathOf,
} from './compose-building.ts';
import { composeChain } from './compose-chain.ts';
import { composeDesk } from './compose-desk.ts';
import { composeLimits, composeMoney } from './compose-money.ts';
import { composeOfficers } from './compose-officers.ts';
import { composeOutside } from './compose-outside.ts';
import { itemCeilingOf, patienceOf } from './config/index.ts';
import { booksJob, createJournal, type HoldOwner } from './journal/index.ts';
import { createDemoRoom, readDemoFile } from './modules/demo/index.ts';
import { createGarden } from './modules/garden/index.ts';
import { createGovernanceRoom } from './modules/governance/index.ts';
import * as membersRoom from './modules/members/index.ts';
import { createOfficesRoom } from './modules/offices/index.ts';
import { createOrdersRoom, leftOverLines, unsettledCharges } from './modules/orders/index.ts';
import { createProduceRoom } from './modules/produce/index.ts';
import { createSuppliersRoom } from './modules/suppliers/index.ts';
import * as treasuryRoom from './modules/treasury/index.ts';
import {
  createCatchUp,
  createDispatcher,
  type Dispatcher,
  holdBack,
  quoteNow,
  spentToday,
  waitForCatchUp,
} from './outbox/index.ts';
import { clockRoutes } from './platform/clock.routes.ts';
import type { ErrorCode, StoopError } from './platform/errors.ts';
import { fail } from './platform/errors.ts';
import { createEventBus } from './platform/events.ts';
import type { Lane, Room } from './platform/ports/index.ts';
import { createFileSecret } from './signing/index.ts';
import { createSpaceGuard, lockData, newestRowMs, openStore, storeJobs } from './store/index.ts';
import { migrations } from './store/migrations/index.ts';
import { openSoundTelemetry } from './store/sound-telemetry.ts';

export { type Building, backupDirOf, type ComposeOptions, type Sabotage } from './compose-building.ts';

/**
 * Builds every room and hands each only what it needs; nothing runs yet. The data folder is this building's alone until
 * `close`. Throws `data_in_use`, `store_newer` or `store_unavailable`.
 */
export async function compose(options: ComposeOptions): Promise<Building> {
  const lock = lockData(options.config.dataDir, 'the hub');
  try {
    const building = await composeRooms(options);
    return { ...building, close: () => building.close().finally(() => lock.release()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function composeRooms(options: ComposeOptions): Promise<Building> {
  const { config, clockTrust, log, faults, sabotage = {} } = options;
  const { clock } = clockTrust;
  assertNotHalfRestored(config);
  const events = createEventBus((error, type) => log.error({ err: error, type }, 'a listener failed'));
  const space = createSpaceGuard(config.dataDir, () => clock.monotonicMs());
  const store = await openStore({
    path: storePathOf(config),
    clock,
    events,
    migrations,
    space,
    backupDir: backupDirOf(config),
    parts: sabotage.parts,
  });
  const telemetry = openSoundTelemetry(
    { path: join(config.dataDir, 'telemetry.db'), clock, space, parts: sabotage.parts },
    (name) =>
      faults.raise(
        'measurements_set_aside',
        'store',
        `The measurements so far could not be read. They lie in ${name}; new ones are kept from now on.`,
      ),
  );
  clockTrust.notBefore(newestRowMs(store));
  const isClockTrusted = () => clockTrust.isTrusted();

  const holdOwners: HoldOwner[] = [];
  const plainJournal = createJournal('FUSD', () => holdOwners);
  const journal = sabotage.journal?.(plainJournal) ?? plainJournal;

  const place = createPlace(config.chain);
  const { officers, keys } = await composeOfficers(config, { clock, events });
  const officerMessages = () => rooms.flatMap((room) => room.officerMessages ?? []);
  const members = membersRoom.createMembers({
    store,
    clock,
    hubSecret: createFileSecret(join(config.dataDir, 'hub-secret')),
    dataDir: config.dataDir,
    phoneOrigin: options.phoneOrigin,
    onChain: place.onChain,
    reads: () => chain.reads,
    officers,
    isClockTrusted,
  });
  const shared = { store, clock, officers, sign: members.sign, onChain: place.onChain, reads: () => chain.reads };
  const limits = composeLimits({ ...shared, isClockTrusted });
  const { assertWithin: assertWithinLimit, isWithin: isWithinLimit } = limits.limits;
  const orders = createOrdersRoom({
    store,
    journal,
    members: {
      sign: members.sign,
      addressOf: membersRoom.addressOf,
      outgoingWaitsUntil: (reader, seat) => membersRoom.outgoingWaitsUntilMs(reader, seat, clock.nowMs()),
    },
    onChain: place.onChain,
    clock,
    isClockTrusted,
    assertWithinLimit,
    isWithinLimit,
    mintsOnTheWay: treasuryRoom.mintsOnTheWay,
    workers: options.workers,
    storePath: storePathOf(config),
  });
  const money = composeMoney({ ...shared, journal, assertWithinLimit, corrections: config.corrections });
  holdOwners.push(orders.holdOwner, ...money.holdOwners);
  const treasury = treasuryRoom.createTreasury({
    store,
    journal,
    officers,
    onChain: place.onChain,
    hasSeat: (reader, seat) => membersRoom.memberOf(reader, seat) !== undefined,
  });
  const produce = createProduceRoom({
    store,
    clock,
    officers,
    members: {
      sign: members.sign,
      addressOf: membersRoom.addressOf,
      nameOf: membersRoom.nameOf,
      labelOf: membersRoom.labelOf,
      outgoingWaitsUntil: (reader, seat) => membersRoom.outgoingWaitsUntilMs(reader, seat, clock.nowMs()),
      seats: membersRoom.keysOfSeats,
    },
    seatOf: membersRoom.seatOfAddress,
    onChain: place.onChain,
    reads: () => chain.reads,
  });
  const garden = createGarden({ store, telemetry, events, clock, log: log.child({ room: 'garden' }) });
  const outside = composeOutside({ config, store, clock, faults });
  const offices = createOfficesRoom({
    store,
    clock,
    officers,
    keys,
    messages: officerMessages,
    onChain: place.onChain,
    reads: () => chain.reads,
    encode: (call) => chain.encode(call),
  });
  const governance = createGovernanceRoom({
    store,
    journal,
    members: {
      sign: members.sign,
      voter: membersRoom.memberOf,
      residentCount: membersRoom.residentCount,
      outgoingWaitsUntil: (reader, seat) => membersRoom.outgoingWaitsUntilMs(reader, seat, clock.nowMs()),
    },
    onChain: place.onChain,
    clock,
    isClockTrusted,
  });
  /** The building's business, in the order in which its modules hear of the chain. */
  const rooms: readonly Room[] = [
    members,
    { officerMessages: members.seatMessages },
    createSuppliersRoom({ store, storePath: storePathOf(config), workers: options.workers }),
    {
      lanes: [treasuryRoom.reservesLane, treasuryRoom.createDepositsLane(journal, () => clock.nowMs())],
      officerMessages: treasury,
    },
    limits,
    orders,
    ...money.rooms,
    offices,
    governance,
    garden,
    produce,
    outside.notices,
  ];

  const tellFault = (code: ErrorCode, fault: StoopError | undefined) =>
    fault ? faults.raise(code, fault.class, fault.message) : faults.clear(code);
  let hasReadChain = false;
  let eventsSeen = 0;
  const catchUp = createCatchUp(catchingUpPathOf(config), () => hasReadChain, tellCatchUp);
  function tellCatchUp(): void {
    if (catchUp.isDue())
      faults.raise('catching_up', 'chain', 'Restored from a backup: nothing is sent before the chain was read.');
    else faults.clear('catching_up');
    events.publishTransient({ noun: 'hub', id: 'state' });
  }
  tellCatchUp();
  const { chain, parts: chainParts } = composeChain({
    config,
    store,
    clock,
    timeoutMs: sabotage.rpcTimeoutMs,
    clockTrust,
    events,
    log,
    place,
    sightings: {
      ...treasuryRoom.createForeignMovements(journal, membersRoom.seatOfAddress, () => place.onChain()?.clearing),
      onEvent: (tx, event) => {
        eventsSeen++;
        for (const room of rooms) room.onChainEvent?.(tx, event);
      },
    },
    lanes: () => lanes,
    subjects: membersRoom.keysOfSeats,
    tellFault,
    onNews: () => dispatcher.wake(),
    onRead() {
      hasReadChain = true;
      dispatcher.wake();
    },
  });
  const lanes: readonly Lane[] = rooms.flatMap((room) => room.lanes ?? []).map((lane) => sabotage.lane?.(lane) ?? lane);
  const carriers = [chain.carrier, ...outside.carriers].map((one) => sabotage.carrier?.(one) ?? one);
  const dispatcher: Dispatcher = createDispatcher({
    store,
    lanes,
    carriers,
    events,
    clock,
    log: log.child({ room: 'outbox' }),
    pollMs: config.chain.pollMs,
    isClockTrusted,
    catchUp,
    newsSeen: () => eventsSeen,
    patience: patienceOf(config),
    costCeilingWei: itemCeilingOf(config),
    onCapped(_, isCapped) {
      tellFault('spending_cap', isCapped ? fail('spending_cap') : undefined);
      events.publishTransient({ noun: 'hub', id: 'state' });
    },
  });
  const broker = config.mqtt.isEnabled
    ? createBroker({
        topics: garden.topics,
        auth: garden.auth,
        listen: config.mqtt,
        clock,
        log: log.child({ room: 'broker' }),
        onState(refused) {
          if (refused) faults.raise('broker_down', 'state', `broker: ${refused.message}; it is tried again`);
          else faults.clear('broker_down');
          events.publishTransient({ noun: 'hub', id: 'state' });
        },
      })
    : undefined;
  const demoRoom =
    config.demo.isEnabled && config.demo.file
      ? createDemoRoom({
          store,
          members,
          orders,
          governance,
          file: readDemoFile(config.demo.file),
        })
      : undefined;

  function onConfirmed(): void {
    events.publishTransient({ noun: 'hub', id: 'state' });
    dispatcher.wake();
  }

  const treasuryRoutes = treasuryRoom.treasuryRoutes({
    store,
    journal,
    treasury,
    describe: (reader, noun, id, seat) =>
      (noun === 'order' ? orders : money.describers[noun])?.describe(reader, id, seat),
    nameOf: membersRoom.nameOf,
    officerMessages,
    settlement: {
      store,
      reads: () => chain.reads,
      unavailable: () => chain.carrier.unavailable(),
      seats: membersRoom.keysOfSeats,
      clearing: () => place.onChain()?.clearing,
      unsettledCharges,
      leftOver: leftOverLines,
      nowMs: () => clock.nowMs(),
      catchingUp: () => {
        const { finalizedNumber, readNumber } = chain.state();
        const state = catchUp.state();
        return state && { ...state, toBlock: finalizedNumber, readBlock: readNumber };
      },
      async release(actor, idempotencyKey) {
        if (!catchUp.isHolding()) return;
        await store.act({ name: 'settlement.release', actor, idempotencyKey }, (tx) =>
          tx.audit({ restoredAtMs: catchUp.state()?.restoredAtMs ?? null }),
        );
        catchUp.release(clock.nowMs());
      },
    },
  });
  const care: Room = {
    routes: [...backupRoutes(config), ...clockRoutes({ store, trust: clockTrust, onConfirmed }), ...lineRoutes(chain)],
    jobs: [
      ...storeJobs(store, backupDirOf(config), () => options.workers.run(checkModule, storePathOf(config))),
      booksJob(store),
      ...backupJobs({
        dataDir: config.dataDir,
        clock,
        tryRestore: () => options.workers.run(tryRestoreModule, config.dataDir),
      }),
    ],
  };
  const desk = composeDesk({
    clock,
    faults,
    workers: options.workers,
    store,
    storePath: storePathOf(config),
    journal,
    treasury,
    orders,
    chain,
    money,
  });
  const costRoutes = treasuryRoom.settlementCostRoutes({
    store,
    quote: () => quoteNow({ store, lanes, carriers, nowMs: () => clock.nowMs() }),
    prices: chain.prices,
    coin: () => coinOf(place.deployment()?.chainId ?? config.chain.chainId),
    spent: () => store.read((reader) => spentToday(reader, chain.carrier, clock.nowMs())),
    carriers: carriers.map(({ name }) => name),
    nowMs: () => clock.nowMs(),
  });
  const chainTransfers = treasuryRoom.chainTransferRoutes({
    store,
    transfers: chain.projections.transfers,
    seatOf: membersRoom.seatOfAddress,
    nameOf: membersRoom.nameOf,
  });
  const doors: readonly Room[] = [
    ...rooms,
    { routes: [...treasuryRoutes, ...costRoutes, ...chainTransfers] },
    desk,
    ...(demoRoom ? [demoRoom] : []),
    care,
  ];

  return {
    store,
    telemetry,
    events,
    members,
    treasury,
    orders,
    money,
    garden,
    produce,
    governance,
    demo: demoRoom?.demo,
    chain,
    dispatcher,
    broker,
    clockTrust,
    isCatchingUp: catchUp.isHolding,
    routes: doors.flatMap((room) => room.routes ?? []).map(holdBack(catchUp)),
    jobs: doors.flatMap((room) => room.jobs ?? []).map(waitForCatchUp(catchUp)),
    parts: [...(broker ? [broker] : []), ...chainParts, dispatcher, outside.part],
    async close() {
      await garden.stop();
      await members.stop();
      telemetry.close();
      store.close();
    },
  };
}

const tryRestoreModule = new URL('./cli/try-restore.worker.ts', import.meta.url);
const checkModule = new URL('./store/check.worker.ts', import.meta.url);
