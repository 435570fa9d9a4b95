/** How the contracts are compiled: for the build, for mutants and for the explorers that compile them again. */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The compiler comes with the dependencies; nothing is downloaded. */
export const compilerPath = require.resolve('solc/soljson.js');
export const compilerVersion = '0.8.37';

/** Optimized for so many executions: more gas saved, or bytes. */
const settingsFor = (executions: number) => ({
  optimizer: { enabled: true, runs: executions },
  viaIR: true,
  // What the Filecoin EVM has.
  evmVersion: 'cancun',
  // Bytecode depends on the code alone, not on its comments.
  metadata: { bytecodeHash: 'none' },
});

export type CompilerSettings = ReturnType<typeof settingsFor>;

const usual = settingsFor(10_000);

/** Sources that are compiled otherwise: the largest contract keeps its distance from the limit on code. */
export const exceptions: Readonly<Record<string, CompilerSettings>> = { 'coop/CoopGovernor.sol': settingsFor(200) };

/** The settings for a source that is compiled for its own sake. */
export function settingsOf(source?: string): CompilerSettings {
  return exceptions[source ?? ''] ?? usual;
}

/** Where each committed ABI comes from, by contract name. */
export const products: Readonly<Record<string, string>> = {
  SeatRegistry: 'coop/SeatRegistry.sol:SeatRegistry',
  Board: 'coop/Board.sol:Board',
  FoodUSD: 'coop/FoodUSD.sol:FoodUSD',
  GroupBuying: 'coop/GroupBuying.sol:GroupBuying',
  Parameters: 'coop/Parameters.sol:Parameters',
  CoopGovernor: 'coop/CoopGovernor.sol:CoopGovernor',
  GroToken: 'coop/GroToken.sol:GroToken',
  // The GRO token makes it with itself and runs it as its own code.
  Issuing: 'coop/grotoken/Issuing.sol:Issuing',
  SeatLock: 'coop/SeatLock.sol:SeatLock',
  AccessManager: '@openzeppelin/contracts/access/manager/AccessManager.sol:AccessManager',
  ERC1967Proxy: '@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol:ERC1967Proxy',
};
