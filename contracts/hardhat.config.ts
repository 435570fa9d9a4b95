import { defineConfig } from 'hardhat/config';
import { compilerPath, compilerVersion, exceptions, settingsOf } from './compiler.ts';
import { runs } from './test/support/runs.ts';

const compiler = (source?: string) => ({
  version: compilerVersion,
  path: compilerPath,
  settings: { ...settingsOf(source), outputSelection: { '*': { '*': ['storageLayout'] } } },
});

export default defineConfig({
  paths: { sources: ['coop', 'bench', 'test/contracts'], tests: { solidity: 'test/solidity' } },
  solidity: {
    compilers: [compiler()],
    overrides: Object.fromEntries(Object.keys(exceptions).map((source) => [source, compiler(source)])),
    npmFilesToBuild: [
      '@openzeppelin/contracts/access/manager/AccessManager.sol',
      '@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol',
      '@openzeppelin/contracts/metatx/ERC2771Forwarder.sol',
    ],
  },
  test: { solidity: { fuzz: { runs: runs(256) }, invariant: { runs: runs(16), depth: 64 } } },
});
