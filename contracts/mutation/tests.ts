const list = (names: string): string[] => names.split(' ');

const orders = list('exact at-most partition escrow escrow-partition refunds money-model Escrow');
const money = [
  ...list('exact at-most partition escrow replay roles erc20 deposits limits authorizations carry pause redemption'),
  ...list('transfers contract-seats last-second money-model Money Pieces Erc20'),
];
const gro = list('gro-issuance gro-officers gro-moves gro-hooks seat-lock contract-seats Gro');
const votes = list('proposals ballots ballot-credits outcomes execution contract-seats governor-model Governor');
const seats = list('seats key-changes board last-second Seats');
const readers = list('exact at-most deposits limits carry transfers redemption gro-issuance ballots ballot-credits');

/**
 * Which tests speak for which sources, from the contracts' folder; a source's are those of every line that its path begins
 * with. Left out are the tests that compare sources, sizes, layouts and gas: they notice any change, not a wrong one.
 */
export const testsOf: readonly (readonly [sources: string, tests: readonly string[]])[] = [
  ['coop/', ['deploy', 'thieves']],
  ['coop/AnnouncedUpgrades.sol', ['upgrades', 'roles']],
  ['coop/Board.sol', ['board', 'roles', 'last-second']],
  ['coop/SeatRegistry.sol', seats],
  ['coop/registry/', [...seats, ...readers]],
  ['coop/Parameter', ['parameters']],
  ['coop/GroToken.sol', [...gro, 'upgrades']],
  ['coop/grotoken/', gro],
  ['coop/SeatLock.sol', ['seat-lock', 'seat-lock-model', 'gro-hooks', 'Gro', 'upgrades']],
  ['coop/seatlock/', ['seat-lock', 'seat-lock-model', 'Gro']],
  ['coop/CoopGovernor.sol', [...votes, 'upgrades']],
  ['coop/governor/', votes],
  ['coop/FoodUSD.sol', money],
  ['coop/foodusd/', money],
  ['coop/GroupBuying.sol', [...orders, 'replay', 'roles', 'upgrades', 'Money']],
  ['coop/groupbuying/', [...orders, 'replay', 'roles', 'Money']],
];

/** Tests that no mutant is shown to, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  'deploy-config': 'reads a configuration, no contract',
  'ballots-gas': 'measures',
  'deploy-resume': 'kills the deploy script',
  'deploy-verify': 'tells a chain from a deployment',
  explorer: 'speaks to an explorer',
  gas: 'measures',
  products: 'compares the sources with what is committed',
  sources: 'reads the sources as text',
  storage: 'compares layouts',
};

/** A test's path from its name: node's are written small, Hardhat's large. */
export const pathOf = (name: string): string =>
  /^[A-Z]/.test(name) ? `test/solidity/${name}.t.sol` : `test/${name}.test.ts`;

/** The paths of the tests of one source. */
export const testsFor = (source: string): string[] => [
  ...new Set(testsOf.filter(([sources]) => source.startsWith(sources)).flatMap(([, names]) => names.map(pathOf))),
];
