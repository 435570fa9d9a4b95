import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { getCreateAddress, id, ZeroAddress, ZeroHash } from 'ethers';
import { checkConfig, readConfig } from '../deploy/check-config.ts';
import type { DeployConfig } from '../deploy/config.ts';
import { type Network, networkOf, networks } from '../deploy/networks.ts';
import { defaultParameters, parametersOf } from '../deploy/parameters.ts';
import { planSteps } from '../deploy/steps.ts';
import { walletOf } from './support/building.ts';
import { soundConfig as sound } from './support/config.ts';

const resident = (seat: number) => ({
  seat,
  key: walletOf(`another ${seat}`).address,
  class: 1,
  dwelling: id(`dwelling of ${seat}`),
});
const refuses = (change: object, expected: RegExp, network: Network = networks.dev, deployer?: string): void => {
  assert.throws(() => checkConfig({ ...sound, ...change } as DeployConfig, network, deployer), expected);
};

describe('a configuration', () => {
  it('that is sound is taken on every network', () => {
    for (const network of Object.values(networks)) {
      assert.deepEqual(checkConfig(sound, network, walletOf('deployer').address), { ...sound, heldByHub: [] });
    }
  });

  it('is refused by the key that is wrong', () => {
    const [a, b, c] = sound.board as [string, string, string];
    const minter = sound.minters[0]!;
    const cases: [object, RegExp][] = [
      [{ hubId: '0x12' }, /^Error: hubId: /],
      [{ board: [a, b] }, /^Error: board: needs at least 3/],
      [{ board: [a, a, b] }, /^Error: board: the same address stands twice/],
      [{ board: [a, b, '0x1234'] }, /^Error: board: 0x1234 is no address/],
      [{ board: [a, b, ZeroAddress] }, /^Error: board: .* can sign nothing/],
      [{ board: [a, b, `0xff${'0'.repeat(22)}0000000000000064`] }, /^Error: board: .* can sign nothing/],
      [
        { board: Array.from({ length: 17 }, (_, n) => walletOf(`key ${n}`).address) },
        /^Error: board: takes at most 16/,
      ],
      [{ threshold: 1 }, /^Error: threshold: must be 2 to 3/],
      [{ threshold: 4 }, /^Error: threshold: must be 2 to 3/],
      [{ threshold: 2.5 }, /^Error: threshold: must be 2 to 3/],
      [{ minters: [] }, /^Error: minters: needs at least 1/],
      [{ minterDailyAllowanceMicros: 0 }, /^Error: minterDailyAllowanceMicros: /],
      [{ minterDailyAllowanceMicros: undefined }, /^Error: minterDailyAllowanceMicros: /],
      [{ minters: [minter, minter] }, /^Error: minters: the same address stands twice/],
      [{ attestors: [] }, /^Error: attestors: needs at least 1/],
      [{ relayers: [] }, /^Error: relayers: needs at least 1/],
      [{ guardians: [] }, /^Error: guardians: needs at least 1/],
      [{ attestors: [minter] }, /stands in two of them/],
      [{ relayers: [minter] }, /stands in two of them/],
      [{ relayers: sound.attestors }, /stands in two of them/],
      [{ certifiers: [c, c] }, /^Error: certifiers: the same address stands twice/],
      [{ stewards: ['me'] }, /^Error: stewards: me is no address/],
      [{ defaultDailyLimitMicros: 0.5 }, /^Error: defaultDailyLimitMicros: /],
      [{ defaultDailyLimitMicros: 0 }, /^Error: defaultDailyLimitMicros: /],
      [{ votingSeatsPerDwelling: 0 }, /^Error: votingSeatsPerDwelling: /],
      [{ votingSeatsPerDwelling: 256 }, /^Error: votingSeatsPerDwelling: /],
      [{ adminDelaySeconds: -1 }, /^Error: adminDelaySeconds: /],
      [{ parameters: { 'vote.quorun': { value: 1 } } }, /^Error: parameters\.vote\.quorun: there is no such/],
      [{ parameters: { 'vote.quorum': { value: 999 } } }, /^Error: parameters\.vote\.quorum: .* least ≤ value ≤ most/],
      [{ parameters: { 'lock.cap': { value: 1.5 } } }, /^Error: parameters\.lock\.cap: /],
    ];
    for (const [change, expected] of cases) refuses(change, expected);
  });

  it('is refused for seats that the registry would refuse', () => {
    const [one, two] = [resident(1), resident(2)];
    const cases: [object[], RegExp][] = [
      [[one, { ...two, key: one.key }], /the same address stands twice/],
      [[one, { ...two, seat: 1 }], /seat 1 stands twice/],
      [[{ ...one, seat: 0 }], /there is no seat 0/],
      [[{ ...one, seat: 2 ** 24 }], /there is no seat 16777216/],
      [[{ ...one, class: 3 }], /class of seat 1/],
      [[{ ...one, dwelling: '0x12' }], /dwelling of seat 1 must be 32 bytes/],
      [[{ ...one, dwelling: ZeroHash }], /dwelling of seat 1 must be zeros for a guest, a commitment for a resident/],
      [[{ ...one, class: 2 }], /dwelling of seat 1 must be zeros for a guest, a commitment for a resident/],
      [
        [1, 2, 3].map((seat) => ({ ...resident(seat), dwelling: id('one flat') })),
        /dwelling of seat 3 has more than 2/,
      ],
    ];
    for (const [seats, expected] of cases) refuses({ seats }, expected);
  });

  it('founds no seat at the address of a contract that is still to be made', () => {
    const deployer = walletOf('deployer').address;
    // A contract's address follows from its maker and the maker's nonce; the plan starts at 7 here.
    const at = (nonce: number): string => getCreateAddress({ from: deployer, nonce });
    for (const nonce of [7, 10, 20]) {
      const seats = [...sound.seats, { ...resident(9), key: at(nonce) }];
      assert.throws(
        () => planSteps({ ...sound, seats }, deployer, 7),
        /^Error: seats: the key of seat 9 is where .+ will be$/,
      );
    }
    planSteps({ ...sound, seats: [...sound.seats, { ...resident(9), key: at(6) }] }, deployer, 7);
  });

  it('founds at most 100 seats', () => {
    const seats = Array.from({ length: 101 }, (_, index) => resident(index + 1));
    assert.equal(checkConfig({ ...sound, seats: seats.slice(1) }, networks.dev).seats.length, 100);
    refuses({ seats }, /^Error: seats: 101 of them, and at most 100 are founded with the registry/);
  });

  it('has a key misspelt or missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'stoop-config-'));
    const file = join(folder, 'config.json');
    const { guardians: _, ...without } = sound;
    const cases: [object, RegExp][] = [
      [{ ...sound, gaurdians: [] }, /there is no gaurdians/],
      [without, /guardians is missing/],
    ];
    try {
      for (const [config, expected] of cases) {
        writeFileSync(file, JSON.stringify(config));
        assert.throws(() => readConfig(file), expected);
      }
      writeFileSync(file, JSON.stringify(sound));
      assert.deepEqual(readConfig(file), sound);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('outside the development chain', () => {
  const seatKey = sound.seats[0]!.key;
  // The first account of the mnemonic that every development chain prefunds, and the twentieth.
  const wellKnown = ['0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266', '0x8626f6940E2eb28930eFb4CeF49B2d1F2C9C1199'];
  const offices = ['board', 'minters', 'attestors', 'guardians', 'certifiers', 'stewards'] as const;
  const held = (office: (typeof offices)[number], key: string): object => {
    if (office === 'board') return { board: [key, ...sound.board.slice(1)] };
    return { [office]: [key] };
  };

  it('no officer’s key may be the hub’s, the deployer’s, the relayer’s or everybody’s', () => {
    const relayer = sound.relayers[0]!;
    const deployer = walletOf('deployer').address;
    const hubs = walletOf('made by the hub').address;
    for (const office of offices) {
      const cases: [string, object, RegExp][] = [
        [seatKey, {}, /it is the key of a seat, made by the hub/],
        [hubs, { heldByHub: [hubs.toLowerCase()] }, /the hub holds it/],
        [deployer, {}, /it deploys/],
        ...wellKnown.map((key): [string, object, RegExp] => [key, {}, /its private key is known to everybody/]),
      ];
      if (office !== 'minters' && office !== 'attestors') cases.push([relayer, {}, /it relays/]);
      for (const [key, change, expected] of cases) {
        const whole = new RegExp(`^Error: ${office}: ${key} cannot be an officer’s: ${expected.source}`);
        refuses({ ...held(office, key), ...change }, whole, networks.filecoin, deployer);
        checkConfig({ ...sound, ...held(office, key), ...change }, networks.dev, deployer);
      }
    }
  });

  it('a seat’s key that is the member’s own may be an officer’s', () => {
    const seats = sound.seats.map((each) => ({ ...each, heldByHub: false }));
    checkConfig({ ...sound, seats, guardians: [seatKey] }, networks.filecoin);
    refuses({ seats: [{ ...seats[0]!, heldByHub: true }], guardians: [seatKey] }, /made by the hub/, networks.filecoin);
  });

  it('nobody whose key is known relays or deploys, and the deployer does not relay', () => {
    refuses({ relayers: [wellKnown[1]!] }, /0x8626\w+ cannot relay or deploy/, networks.calibration);
    refuses({}, /0xf39F\w+ cannot relay or deploy/, networks.calibration, wellKnown[0]);
    refuses({}, /^Error: relayers: 0x\w+ deploys/, networks.calibration, sound.relayers[0]);
  });

  it('the board waits seven days', () => {
    for (const network of [networks.calibration, networks.filecoin]) {
      refuses({ adminDelaySeconds: 604_799 }, /^Error: adminDelaySeconds: must be at least 604800/, network);
    }
    assert.equal(checkConfig({ ...sound, adminDelaySeconds: 60 }, networks.dev).adminDelaySeconds, 60);
  });
});

describe('networks', () => {
  it('are known by name, with patience for the Filecoin chain’s receipts', () => {
    assert.deepEqual(networkOf('calibration').chainIds, [314_159]);
    assert.deepEqual(networkOf('filecoin').chainIds, [314]);
    for (const name of ['calibration', 'filecoin']) {
      const network = networkOf(name);
      assert.ok(network.patienceSeconds >= 180 && network.finality === 'finalized' && !network.isDev, name);
    }
  });

  it('are any other by configuration, never with the freedoms of a development chain', () => {
    const other = networkOf('gnosis', { gnosis: { chainId: 100, rpcUrl: 'https://rpc.example', coin: 'xDAI' } });
    assert.deepEqual(
      [other.chainIds, other.rpcUrl, other.isDev, other.finality],
      [[100], 'https://rpc.example', false, { confirmations: 12 }],
    );
    assert.throws(() => networkOf('gnosis'), /--network gnosis: there is dev, calibration, filecoin/);
    for (const chainId of [314, 31_999, 0, 1.5]) {
      assert.throws(() => networkOf('x', { x: { chainId } }), /^Error: networks\.x\.chainId/);
    }
    assert.equal(networkOf('dev', { dev: { chainId: 1 } }).isDev, true);
  });
});

describe('the numbers that a building starts with', () => {
  it('are those of the library of their names', () => {
    const library = readFileSync(new URL('../coop/ParameterKeys.sol', import.meta.url), 'utf8');
    const names = [...library.matchAll(/constant \w+ = "([\w.]+)"/g)].map((match) => match[1]!);
    assert.ok(names.length > 20);
    assert.deepEqual(Object.keys(defaultParameters).sort(), names.sort());
    const list = parametersOf({ 'vote.quorum': { value: 4000 } });
    // Thirty per cent of the heads, bytes32 of its name.
    const quorum = list.find((each) => each.key === `0x${Buffer.from('vote.quorum').toString('hex').padEnd(64, '0')}`);
    assert.deepEqual([quorum?.value, quorum?.least, quorum?.most], [4000n, 1000n, 10_000n]);
  });

  it('leave a majority a majority, and a vote on roles its seven days', () => {
    for (const [name, { least }] of Object.entries(defaultParameters)) {
      if (name.endsWith('.threshold')) assert.ok(least >= 5000, name);
    }
    assert.equal(defaultParameters['vote.roles.delay'].least, 604_800);
    assert.deepEqual(
      ['text', 'spending', 'parameters', 'roles'].map((kind) => [
        defaultParameters[`vote.${kind}.threshold` as 'vote.text.threshold'].value,
        defaultParameters[`vote.${kind}.delay` as 'vote.text.delay'].value,
      ]),
      [
        [5000, 86_400],
        [5000, 86_400],
        [6000, 604_800],
        [6667, 604_800],
      ],
    );
  });
});
