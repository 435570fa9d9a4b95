import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { type CompiledContract, compileProducts, hardhat, products } from '../build.ts';

/** A contract must fit the Filecoin EVM (24 KiB) with room to mend it. */
const LARGEST_BYTES = 22 * 1024;
const abiFolder = new URL('../abi/', import.meta.url);

interface StorageLayout {
  readonly storage: readonly { label: string; slot: string; offset: number; type: string }[];
  readonly types: null | Record<
    string,
    { label: string; members?: readonly { label: string; slot: string; offset: number; type: string }[] }
  >;
}

describe('what is committed', () => {
  let compiled: Map<string, string>;
  before(async () => {
    compiled = await compileProducts();
  });

  it('is what the sources compile to: run `node contracts/build.ts` after a change', () => {
    assert.deepEqual(readdirSync(abiFolder).sort(), [...compiled.keys()].sort());
    for (const [file, text] of compiled)
      assert.ok(readFileSync(new URL(file, abiFolder), 'utf8') === text, `${file} differs`);
  });

  it('holds products alone, no benchmark or test contract', () => {
    for (const name of Object.values(products)) assert.match(name, /^(coop\/|@openzeppelin\/contracts\/)/);
  });

  it('fits', () => {
    for (const [file, text] of compiled) {
      const size = ((JSON.parse(text) as CompiledContract).deployedBytecode.length - 2) / 2;
      assert.ok(size > 0 && size <= LARGEST_BYTES, `${file}: ${size} bytes`);
    }
  });
});

describe('the storage of an upgradeable contract', () => {
  const layoutOf = async (source: string, name: string): Promise<StorageLayout> => {
    const hre = await hardhat();
    const id = await hre.artifacts.getBuildInfoId(`${source}:${name}`);
    const path = await hre.artifacts.getBuildInfoOutputPath(id!);
    const output = JSON.parse(readFileSync(path!, 'utf8')) as {
      output: { contracts: Record<string, Record<string, { storageLayout: StorageLayout }>> };
    };
    return output.output.contracts[`project/${source}`]![name]!.storageLayout;
  };
  const flat = (layout: StorageLayout): string[] =>
    layout.storage
      .map((each) => `${each.label} @${each.slot}+${each.offset} ${each.type}`)
      .concat(
        ...Object.values(layout.types ?? {})
          .filter((each) => each.members)
          .map((each) =>
            each.members!.map(
              (member) =>
                `${each.label}.${member.label} @${member.slot}+${member.offset} ${layout.types?.[member.type]?.label}`,
            ),
          ),
      );

  // A line may be added at the end of a struct. A line that changes or goes breaks every deployed book.
  it('GroupBuying lies where it lay', async () => {
    assert.deepEqual(flat(await layoutOf('coop/GroupBuying.sol', 'GroupBuying')), []);
    const layout = flat(await layoutOf('test/contracts/GroupBuyingLayout.sol', 'GroupBuyingLayout'));
    assert.deepEqual(
      layout.map((line) => line.replace(/t_struct\(GroupBuyingStorage\)\d+_storage/, 'GroupBuyingStorage')).sort(),
      [
        'store @0+0 GroupBuyingStorage',
        'struct GroupBuying.GroupBuyingStorage.taken @0+0 mapping(bytes32 => struct GroupBuying.Taken)',
        'struct GroupBuying.Taken.firstAt @0+24 uint40',
        'struct GroupBuying.Taken.termsTag @0+0 uint128',
        'struct GroupBuying.Taken.total @0+16 uint64',
      ],
    );
    const source = readFileSync(new URL('../coop/GroupBuying.sol', import.meta.url), 'utf8');
    // ERC-7201 of "stoop.storage.GroupBuying", computed once by hand.
    assert.ok(source.includes('0x3f119eacbe64dec67e75c9a47552ddd70568b0211f580ab42dfb3b66aad40600'));
  });
});
