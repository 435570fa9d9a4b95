// Founds the demonstration building: seats, keys, contracts on its own chain, money, goods, open orders, sensors.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { deploy, networks } from '../../contracts/deploy/deploy.ts';
import { demoDeployer } from '../../contracts/dev-chain/deployer.ts';
import { startDevChain } from '../../contracts/dev-chain/index.ts';
import { createRelayerKey } from '../../hub/src/chain/index.ts';
import { type Building, compose } from '../../hub/src/compose.ts';
import { loadConfig } from '../../hub/src/config/index.ts';
import type { DemoFile, DemoPerson } from '../../hub/src/modules/demo/index.ts';
import { coopSeat, createPin, dwellingCommitment, foundingSeats } from '../../hub/src/modules/members/index.ts';
import { addGood, addSupplier } from '../../hub/src/modules/suppliers/index.ts';
import { systemClock } from '../../hub/src/platform/clock.ts';
import { createClockTrust } from '../../hub/src/platform/clock-trust.ts';
import { writeDurable } from '../../hub/src/platform/durable-file.ts';
import { createFaults } from '../../hub/src/platform/faults.ts';
import { createLog } from '../../hub/src/platform/log.ts';
import { type Actor, type SeatNumber, system } from '../../hub/src/platform/ports/index.ts';
import { createWorkers } from '../../hub/src/platform/workers.ts';
import { addressOf, toHex } from '../../hub/src/signing/index.ts';
import { goods, makers, supplier } from './goods.ts';
import { keystoreName, makeOfficerKeys, type OfficerKeys, sealOfficers } from './officers.ts';
import { people, residentName } from './people.ts';
import { demoSensorNames } from './sensor-values.ts';
import { vote } from './vote.ts';

const chainId = 31999;
const demo = system('demonstration');
const dollars = (amount: number): number => amount * 1_000_000;
const hourMs = 3_600_000;

const addressOfHex = (key: string): string => addressOf(Uint8Array.from(Buffer.from(key.slice(2), 'hex')));

function configText(keys: OfficerKeys): string {
  return `# The demonstration building; a real one has a stoop.toml of its own.
dataDir = ".."
[building]
name = "The Concourse House"
mdnsName = "stoop-demo"
[http]
host = "127.0.0.1"
[https]
host = "127.0.0.1"
[mqtt]
host = "127.0.0.1"
[chain]
isEmbedded = true
chainId = ${chainId}
deploymentFile = "../chain/deployment.json"
clearing = "${addressOfHex(keys.clearing[0]!)}"
pollMs = 1000
[officers]
keystore = "${keystoreName}"
[demo]
isEnabled = true
file = "people.json"
`;
}

async function enrolEverybody(building: Building): Promise<Omit<DemoFile, 'passphrase'>> {
  const enrol = async ({ roles, ...rest }: (typeof people)[number], index: number): Promise<DemoPerson> => {
    const pin = createPin();
    const person = {
      ...rest,
      roles: ['resident' as const, ...roles],
      seatClass: 'resident' as const,
      pin,
      seat: index + 1,
    };
    const { seat, recoveryCode } = await building.members.enrol(demo, person);
    return { seat, name: rest.name, pin, recoveryCode, roles };
  };
  const enrolled: DemoPerson[] = [];
  // Two at a time: each makes two memory-hard wraps, and no more than two may run.
  for (let index = 0; index < people.length; index += 2) {
    enrolled.push(
      ...(await Promise.all(people.slice(index, index + 2).map((person, offset) => enrol(person, index + offset)))),
    );
  }
  return { people: enrolled, residentSeat: enrolled.find((person) => person.name === residentName)!.seat };
}

async function foundOnChain(building: Building, dataDir: string, keys: OfficerKeys, abiFolder?: URL): Promise<void> {
  const relayer = await createRelayerKey(join(dataDir, 'relayer-key')).address();
  const seats = await building.store.act({ name: 'seats.commit', actor: demo }, (tx) =>
    foundingSeats(tx).map(({ seat, address, seatClass }) => ({
      seat,
      key: address,
      class: seatClass === 'resident' ? 1 : 2,
      dwelling: dwellingCommitment(tx, seat),
    })),
  );
  const chain = await startDevChain({ dataDir: join(dataDir, 'chain'), chainId, port: 0, testMethods: false });
  try {
    await deploy({
      rpcUrl: chain.url,
      signer: await demoDeployer(chain.url, relayer),
      file: join(dataDir, 'chain/deployment.json'),
      network: networks.dev,
      abiFolder,
      config: {
        hubId: toHex(randomBytes(32)),
        board: keys.board.map(addressOfHex),
        threshold: 2,
        // The clearing account has a seat of its own, so that its money can be sent and redeemed by message.
        seats: [
          ...seats,
          { seat: coopSeat, key: addressOfHex(keys.clearing[0]!), class: 2, dwelling: `0x${'00'.repeat(32)}` },
        ],
        votingSeatsPerDwelling: 6,
        minters: keys.minter.map(addressOfHex),
        attestors: keys.attestor.map(addressOfHex),
        relayers: [relayer],
        guardians: keys.guardian.map(addressOfHex),
        certifiers: keys.certifier.map(addressOfHex),
        stewards: keys.steward.map(addressOfHex),
        defaultDailyLimitMicros: dollars(1000),
        minterDailyAllowanceMicros: dollars(50_000),
        adminDelaySeconds: 60,
      },
    });
  } finally {
    await chain.stop();
  }
  await building.store.act({ name: 'seats.recorded', actor: demo }, (tx) =>
    building.members.markRecorded(
      tx,
      foundingSeats(tx).map(({ seat }) => seat),
    ),
  );
}

async function payIn(building: Building, file: DemoFile): Promise<void> {
  const documentHash = `0x${createHash('sha256').update('Statement of the demonstration bank').digest('hex')}`;
  await building.treasury.attestReserve(demo, { reserveMicros: dollars(20_000), documentHash });
  for (const { seat } of file.people) {
    const amountMicros = dollars(120 + ((seat * 37) % 160));
    await building.treasury.deposit(demo, { seat, amountMicros, reference: `DEMO-${String(seat).padStart(4, '0')}` });
  }
}

/** Four cards that are filling: some nearly there, one at last call. */
async function openOrders(building: Building, file: DemoFile): Promise<void> {
  const stocked = await building.store.act({ name: 'demo.stock', actor: demo }, (tx) => {
    const { id: supplierId } = addSupplier(tx, supplier);
    for (const { name, nameEs, maker, goods: made } of makers) {
      const makerSeat = file.people.find((person) => person.name === maker)!.seat;
      const { id: makerId } = addSupplier(tx, { name, nameEs, makerSeat });
      for (const good of made) addGood(tx, { ...good, supplierId: makerId });
    }
    return goods.map((good) => addGood(tx, { ...good, supplierId }));
  });
  const coordinator = file.people.find((person) => person.roles.includes('coordinator'))!;
  const actor: Actor & { seat: SeatNumber } = { seat: coordinator.seat, roles: ['resident', 'coordinator'] };
  const plan = [
    { good: 0, cases: 1, hours: 30, filled: 0.75, executes: 'at-target' },
    { good: 1, cases: 2, hours: 54, filled: 0.6, executes: 'at-target' },
    { good: 3, cases: 1, hours: 9, filled: 0.5, executes: 'at-target' },
    { good: 6, cases: 1, hours: 78, filled: 0.35, executes: 'at-last-call' },
  ] as const;
  for (const [turn, { good: index, cases, hours, filled, executes }] of plan.entries()) {
    const good = stocked[index]!;
    const units = cases * good.unitsPerCase;
    const orderId = await building.orders.orders.open(
      { actor },
      {
        title: good.title,
        titleEs: good.titleEs,
        supplierId: good.supplierId,
        goodId: good.id,
        unit: good.unit,
        unitPriceMicros: good.unitPriceMicros,
        unitsPerCase: good.unitsPerCase,
        targetMicros: units * good.unitPriceMicros,
        deadlineAtMs: Date.now() + hours * hourMs,
        executes,
      },
    );
    const neighbours = file.people.filter((person) => person.seat !== file.residentSeat).slice(turn * 5, turn * 5 + 5);
    let left = Math.floor(units * filled);
    for (const [place, neighbour] of neighbours.entries()) {
      const take = Math.min(left, Math.ceil(left / (neighbours.length - place)));
      if (take > 0) await building.demo!.joinAs(neighbour, orderId, take);
      left -= take;
    }
  }
}

/** A vote that is open, so that there is something to decide. */
async function openVote(building: Building, file: DemoFile): Promise<void> {
  const proposer = file.people.find((person) => person.roles.includes('gardener'))!;
  const id = await building.demo!.proposeAs(proposer, vote);
  const neighbors = file.people.filter((person) => ![file.residentSeat, proposer.seat].includes(person.seat));
  await building.demo!.voteAs(proposer, id, { support: 'for', votes: 3 });
  await building.demo!.voteAs(neighbors[0]!, id, { support: 'against', votes: 1 });
}

/** The last file that founding writes: with it the building is whole. */
async function makeSensors(building: Building, path: string): Promise<void> {
  const sensors = [];
  for (const name of Object.values(demoSensorNames)) {
    sensors.push(await building.garden.sensors.create({ name }, { actor: demo, idempotencyKey: randomUUID() }));
  }
  writeDurable(path, JSON.stringify({ url: 'mqtt://127.0.0.1:1883', sensors }, null, 2));
}

async function found(dataDir: string, abiFolder?: URL): Promise<DemoFile> {
  const demoDir = join(dataDir, 'demo');
  mkdirSync(demoDir, { recursive: true });
  const keys = makeOfficerKeys();
  const passphrase = await sealOfficers(demoDir, keys);
  const passphraseFile = join(demoDir, 'officers-passphrase');
  writeFileSync(passphraseFile, passphrase, { mode: 0o600 });
  writeFileSync(join(demoDir, 'stoop.toml'), configText(keys));
  const config = loadConfig({ file: join(demoDir, 'stoop.toml'), env: {}, cwd: dataDir });
  const open = (isEnabled: boolean) =>
    compose({
      config: {
        ...config,
        demo: { ...config.demo, isEnabled },
        officers: { ...config.officers, passphraseFile },
      },
      clockTrust: createClockTrust(systemClock),
      log: createLog('warn', process.stderr),
      faults: createFaults(systemClock),
      workers: createWorkers(1),
      phoneOrigin: () => 'http://localhost',
    });
  // The doors come with the people, so the house is opened a second time once they are known.
  let building = await open(false);
  const file = { ...(await enrolEverybody(building)), passphrase };
  await building.close();
  writeDurable(join(demoDir, 'people.json'), JSON.stringify(file, null, 2));
  building = await open(true);
  try {
    await foundOnChain(building, dataDir, keys, abiFolder);
    await payIn(building, file);
    await openOrders(building, file);
    await openVote(building, file);
    await makeSensors(building, join(demoDir, 'sensors.json'));
  } finally {
    await building.close();
    rmSync(passphraseFile);
  }
  return file;
}

/** Founded beside its place and then renamed: a half-founded building is never opened. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { data: { type: 'string', default: 'data' }, abi: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help)
    return console.log(
      'found.ts --data DIR [--abi DIR]: founds the demonstration building in DIR, which must not exist, with the committed contracts or those of --abi',
    );
  const dataDir = resolve(values.data);
  if (existsSync(join(dataDir, 'stoop.db'))) throw new Error(`${dataDir} holds a building already`);
  const partial = `${dataDir}.founding`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(dirname(dataDir), { recursive: true });
  const file = await found(partial, values.abi ? pathToFileURL(`${resolve(values.abi)}/`) : undefined);
  rmSync(dataDir, { recursive: true, force: true });
  renameSync(partial, dataDir);
  console.log('\n  PINs of the demonstration building (shown once; also in demo/people.json):');
  const lines = file.people.map(({ seat, name, pin }) => `${String(seat).padStart(3)} ${name.padEnd(18)} ${pin}`);
  for (let row = 0; row < lines.length; row += 2) console.log(`  ${lines[row]}    ${lines[row + 1] ?? ''}`);
  console.log(`\n  Passphrase of its officers’ keys: ${file.passphrase}`);
}

await main();
