import { createRequire } from 'node:module';
import { defineConfig } from 'hardhat/config';
import { runs } from './test/support/runs.ts';

const require = createRequire(import.meta.url);

/** The compiler comes with the dependencies; nothing is downloaded. Optimized for so many executions: more gas saved, or bytes. */
const compiler = (executions: number) => ({
  version: '0.8.37',
  path: require.resolve('solc/soljson.js'),
  settings: {
    optimizer: { enabled: true, runs: executions },
    viaIR: true,
    // What the Filecoin EVM has.
    evmVersion: 'cancun',
    // Bytecode depends on the code alone, not on its comments.
    metadata: { bytecodeHash: 'none' },
    outputSelection: { '*': { '*': ['storageLayout'] } },
  },
});

export default defineConfig({
  paths: { sources: ['coop', 'bench', 'test/contracts'], tests: { solidity: 'test/solidity' } },
  solidity: {
    compilers: [compiler(10_000)],
    // The largest contract keeps its distance from the limit on code by being compiled for size.
    overrides: { 'coop/CoopGovernor.sol': compiler(200) },
    npmFilesToBuild: [
      '@openzeppelin/contracts/access/manager/AccessManager.sol',
      '@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol',
      '@openzeppelin/contracts/metatx/ERC2771Forwarder.sol',
    ],
  },
  test: { solidity: { fuzz: { runs: runs(256) }, invariant: { runs: runs(16), depth: 64 } } },
});
