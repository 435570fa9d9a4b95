import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { allOf, publish, type ToPublish } from '../deploy/explorer.ts';
import { type Building, createBuilding } from './support/building.ts';
import { startExplorer } from './support/explorer.ts';

describe('explorers', () => {
  let building: Building;
  let contracts: ToPublish[];
  before(async () => {
    building = await createBuilding({ members: 1 });
    contracts = await allOf(building.provider, building.deployment);
  });
  after(() => building.close());

  const titled = (...titles: string[]) => contracts.filter((each) => titles.includes(each.title));
  const run = async (
    kind: 'blockscout' | 'sourcify',
    apiUrl: string,
    list: readonly ToPublish[],
    pauses = 2,
  ): Promise<string[]> => {
    const lines: string[] = [];
    const network = { explorers: [{ kind, apiUrl }] };
    await publish({
      network,
      chainId: building.chainId,
      contracts: list,
      log: (line) => lines.push(line),
      pauses,
      pauseMs: 1,
    });
    return lines.map((line) => line.replace(`${kind} ${apiUrl}: `, ''));
  };

  it('are given everything that has code: proxies, what stands behind them, and what a contract makes for itself', async () => {
    const { provider, deployment } = building;
    const proxies = ['GroupBuying', 'GroToken', 'SeatLock', 'CoopGovernor', 'Parameters'];
    const whole = ['SeatRegistry', 'FoodUSD', 'Board', 'AccessManager'];
    assert.deepEqual(
      contracts.map((each) => `${each.title}: ${each.contract}`).sort(),
      [
        ...whole.map((name) => `${name}: ${name}`),
        ...proxies.flatMap((name) => [`${name}: ERC1967Proxy`, `${name}’s code: ${name}`]),
        'GroToken’s issuing: Issuing',
      ].sort(),
    );
    assert.equal(new Set(contracts.map((each) => each.address)).size, contracts.length);
    for (const { address } of contracts) assert.notEqual(await provider.getCode(address), '0x');
    assert.equal(titled('GroToken')[0]?.address, deployment.contracts.GroToken);
  });

  it('compile what they are given and find the code of the chain', async () => {
    const { provider, chainId } = building;
    const explorer = await startExplorer({ provider, chainId, unknownFor: 1 });
    try {
      const two = titled('Board', 'Parameters');
      // Blockscout has not indexed the first yet when it is asked first.
      assert.deepEqual(await run('blockscout', explorer.url, two), [
        'Parameters is shown with its source',
        'Board is shown with its source',
      ]);
      assert.deepEqual([...explorer.verified.values()].sort(), [
        '@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol:ERC1967Proxy',
        'coop/Board.sol:Board',
      ]);
      assert.equal(explorer.submissions.length, 3);
      assert.deepEqual(await run('sourcify', explorer.url, two), [
        'Parameters is shown with its source already',
        'Board is shown with its source already',
      ]);
      assert.deepEqual(await run('sourcify', explorer.url, titled('SeatLock')), ['SeatLock is shown with its source']);
    } finally {
      await explorer.close();
    }
  });

  it('say why they show nothing', async () => {
    const { provider, chainId } = building;
    const explorer = await startExplorer({ provider, chainId, unknownFor: 2 });
    try {
      const [proxy, board] = titled('SeatLock', 'Board') as [ToPublish, ToPublish];
      const wrong = { ...proxy, address: board.address };
      assert.deepEqual(await run('blockscout', explorer.url, [proxy], 1), ['SeatLock is not known there yet']);
      assert.deepEqual(await run('blockscout', explorer.url, [wrong], 1), [
        'SeatLock was given its source and is not shown with it yet',
      ]);
      assert.deepEqual(await run('sourcify', explorer.url, [wrong]), [
        'SeatLock was refused: the code on the chain is another',
      ]);
      assert.equal(explorer.verified.size, 0);
      assert.deepEqual(await run('sourcify', `${explorer.url}/nowhere`, [proxy, board]), [
        'SeatLock could not be reached: it answers 404: no such place',
      ]);
    } finally {
      await explorer.close();
    }
    // Nobody there any more. A deployment does not fail for it.
    const lines = await run('blockscout', explorer.url, titled('SeatLock', 'Board'));
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /^SeatLock could not be reached: \w+$/);
  });
});
