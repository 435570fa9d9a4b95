import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { AbiCoder, id, keccak256 } from 'ethers';
import { hardhat } from '../build.ts';

const root = join(import.meta.dirname, '..');
/** What lies where in every deployed contract. A line may be added at the end of a struct; none may change or go. */
const snapshot = JSON.parse(readFileSync(join(root, 'test/storage-layout.json'), 'utf8')) as Record<string, string[]>;

interface Member {
  readonly label: string;
  readonly slot: string;
  readonly offset: number;
  readonly type: string;
}
interface StorageLayout {
  readonly storage: readonly Member[];
  readonly types: null | Record<string, { readonly label: string; readonly members?: readonly Member[] }>;
}

/** ERC-7201: keccak256(abi.encode(uint256(keccak256(id)) - 1)) & ~0xff. */
function namespaceSlot(namespace: string): string {
  const inner = AbiCoder.defaultAbiCoder().encode(['uint256'], [BigInt(id(namespace)) - 1n]);
  return `0x${(BigInt(keccak256(inner)) & ~0xffn).toString(16).padStart(64, '0')}`;
}

describe('the storage of the upgradeable contracts', () => {
  let layouts: StorageLayout;
  let ofContract: (source: string, name: string) => Promise<StorageLayout>;
  before(async () => {
    const hre = await hardhat();
    await hre.tasks.getTask('build').run({ quiet: true });
    ofContract = async (source, name) => {
      const buildInfo = await hre.artifacts.getBuildInfoId(`${source}:${name}`);
      const path = await hre.artifacts.getBuildInfoOutputPath(buildInfo!);
      const { output } = JSON.parse(readFileSync(path!, 'utf8')) as {
        output: { contracts: Record<string, Record<string, { storageLayout: StorageLayout }>> };
      };
      return output.contracts[`project/${source}`]![name]!.storageLayout;
    };
    layouts = await ofContract('test/contracts/StorageLayouts.sol', 'StorageLayouts');
  });

  /** Every struct that a namespace holds, its own first: `Struct.member slot+offset type`. */
  const linesOf = (type: string, seen = new Set<string>()): string[] => {
    const found = layouts.types?.[type];
    if (!found || seen.has(type)) return [];
    seen.add(type);
    const name = found.label.replace(/^struct /, '');
    const own = (found.members ?? []).map(
      (each) => `${name}.${each.label} ${each.slot}+${each.offset} ${layouts.types![each.type]!.label}`,
    );
    // Structs inside mappings and arrays are named in the type's identifier.
    const inner = Object.keys(layouts.types!).filter(
      (each) => each !== type && found.members?.some((member) => member.type.includes(each)),
    );
    return [...own, ...inner.flatMap((each) => linesOf(each, seen))];
  };

  const sources = globSync('coop/**/*.sol', { cwd: root }).map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  }));
  const namespaces = sources.flatMap(({ text }) =>
    [...text.matchAll(/@custom:storage-location erc7201:(\S+)/g)].map((match) => match[1]!),
  );

  it('lies where it lay', () => {
    const found = Object.fromEntries(layouts.storage.map((each) => [each.label, linesOf(each.type)]));
    for (const [name, lines] of Object.entries(found)) {
      assert.deepEqual(snapshot[name], lines, `${name}:\n${JSON.stringify(lines, null, 2)}`);
    }
    assert.deepEqual(Object.keys(found).sort(), Object.keys(snapshot).sort());
  });

  it('has every namespace in the snapshot, each at its ERC-7201 slot', () => {
    const variables = namespaces.map((each) => {
      const last = each.split('.').at(-1)!;
      return last[0]!.toLowerCase() + last.slice(1);
    });
    assert.deepEqual(variables.sort(), Object.keys(snapshot).sort());
    for (const { text, path } of sources) {
      for (const [, namespace] of text.matchAll(/@custom:storage-location erc7201:(\S+)/g)) {
        assert.ok(text.includes(namespaceSlot(namespace!)), `${path}: ${namespace} is at ${namespaceSlot(namespace!)}`);
      }
    }
  });

  it('has no plain variables beside its namespaces', async () => {
    const upgradeable = sources.filter(({ path }) => /^coop\/[A-Z]\w+\.sol$/.test(path));
    let checked = 0;
    for (const { path, text } of upgradeable) {
      const name = path.slice('coop/'.length, -'.sol'.length);
      if (!text.includes('_disableInitializers')) continue;
      assert.deepEqual((await ofContract(path, name)).storage, [], name);
      checked += 1;
    }
    assert.ok(checked >= 2);
  });
});
