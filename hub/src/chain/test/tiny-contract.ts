import { id } from 'ethers/hash';

type Piece = string | { readonly jumpTo: string } | { readonly at: string };

/** EVM code with labels, so that the jumps are right by construction. */
function assemble(pieces: readonly Piece[]): string {
  const places = new Map<string, number>();
  let place = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') place += piece.length / 2;
    else if ('jumpTo' in piece) place += 2;
    else places.set(piece.at, place++);
  }
  const byte = (value: number) => value.toString(16).padStart(2, '0');
  return pieces
    .map((piece) => {
      if (typeof piece === 'string') return piece;
      return 'at' in piece ? '5b' : `60${byte(places.get(piece.jumpTo)!)}`;
    })
    .join('');
}

const whenSizeIs = (bytes: string, jumpTo: string): Piece[] => [`3660${bytes}14`, { jumpTo }, '57'];

/**
 * A contract of sixty instructions for tests of the line itself, told what to do by the length of its calldata:
 * `count()`; `limit(n)` reverts once the count has reached n; `emitTransfer(from, to, value)` counts and emits.
 */
const runtime = assemble([
  ...whenSizeIs('04', 'count'),
  ...whenSizeIs('24', 'limit'),
  ...whenSizeIs('64', 'emit'),
  { at: 'no' },
  '5f5ffd',
  { at: 'count' },
  '5f545f5260205ff3',
  { at: 'limit' },
  // Not below the limit: revert.
  '6004355f541015',
  { jumpTo: 'no' },
  '5700',
  { at: 'emit' },
  `6044355f526024356004357f${id('Transfer(address,address,uint256)').slice(2)}60205fa3`,
  '5f546001015f5500',
]);

const size = (runtime.length / 2).toString(16).padStart(2, '0');

/** CODECOPY the runtime, RETURN it. */
export const tinyBytecode = `0x60${size}600a5f3960${size}5ff3${runtime}` as const;

const address = (name: string) => ({ name, type: 'address' });
const uint = (name: string) => ({ name, type: 'uint256' });
const fn = (name: string, stateMutability: string, inputs: object[], outputs: object[]) => ({
  type: 'function',
  name,
  stateMutability,
  inputs,
  outputs,
});

export const tinyAbi = [
  fn('count', 'view', [], [uint('')]),
  fn('limit', 'view', [uint('below')], []),
  fn('emitTransfer', 'nonpayable', [address('from'), address('to'), uint('value')], []),
  {
    type: 'event',
    name: 'Transfer',
    anonymous: false,
    inputs: [
      { ...address('from'), indexed: true },
      { ...address('to'), indexed: true },
      { ...uint('value'), indexed: false },
    ],
  },
];
