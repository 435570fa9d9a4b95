import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { type CompiledContract, compileProducts, products } from '../build.ts';

/** A contract must fit the Filecoin EVM (24 KiB) with room to mend it. */
const LARGEST_BYTES = 22 * 1024;
const abiFolder = new URL('../abi/', import.meta.url);

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
