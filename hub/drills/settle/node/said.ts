import { NodeError, type Request, type Wire, WireFault } from '../../../test/support/rpc-endpoint.ts';
import type { Random } from '../../day/random.ts';
import type { Lie } from './lies.ts';

/** An endpoint that is still indexing leaves out logs of so many of the newest blocks that it is asked for. */
const forgetsBlocks = 10;

const isSend = ({ method }: Request) => method === 'eth_sendRawTransaction';
const refuse = (wire: Wire): never => {
  throw new WireFault(wire);
};
const page = (status: number, text: string, headers?: Record<string, string>): Wire => ({
  do: 'page',
  status,
  body: `<!doctype html><title>${status}</title><h1>${text}</h1>`,
  headers,
});

/** The methods by which a hub learns what it decides on; a lie for `asked` meets the next of one of them. */
const asked = [
  'eth_call',
  'eth_getBlockByNumber',
  'eth_getTransactionReceipt',
  'eth_getTransactionCount',
  'eth_getLogs',
];

/** Lies about one request. Each is made from the seed and waits for its request. */
export const spokenLies: Readonly<Record<string, (random: Random) => Lie>> = {
  'time-out before it was taken': (random) => ({
    kind: 'time-out before it was taken',
    times: 1,
    isFor: random.chance(0.6) ? isSend : methodIs(random.pick(asked)),
    tell: async () => refuse({ do: 'hang' }),
  }),
  'time-out after it was taken': () => ({
    kind: 'time-out after it was taken',
    times: 1,
    isFor: isSend,
    tell: async (_, pass) => {
      await pass();
      return refuse({ do: 'hang' });
    },
  }),
  'cut before it was taken': (random) => ({
    kind: 'cut before it was taken',
    times: random.between(1, 3),
    isFor: random.chance(0.5) ? isSend : methodIs(random.pick(asked)),
    tell: async () => refuse({ do: 'cut' }),
  }),
  'cut after it was taken': () => ({
    kind: 'cut after it was taken',
    times: 1,
    isFor: isSend,
    tell: async (_, pass) => {
      await pass();
      return refuse({ do: 'cut' });
    },
  }),
  'too many requests': (random) => ({
    kind: 'too many requests',
    times: random.between(1, 6),
    isFor: random.chance(0.4) ? isSend : () => true,
    tell: async () => refuse(page(429, 'Too Many Requests', { 'retry-after': '1' })),
  }),
  'server error': (random) => {
    const status = random.pick([500, 502, 503, 504]);
    return {
      kind: 'server error',
      times: random.between(1, 4),
      isFor: random.chance(0.4) ? isSend : () => true,
      tell: async (request, pass) => {
        if (isSend(request) && random.chance(0.5)) await pass();
        return refuse(page(status, 'Server Error'));
      },
    };
  },
  'portal page': () => ({
    kind: 'portal page',
    times: 3,
    isFor: () => true,
    tell: async () => refuse(page(200, 'Welcome to the free network. Please sign in.')),
  }),
  'refused by the node': (random) => ({
    kind: 'refused by the node',
    times: random.between(1, 2),
    isFor: isSend,
    tell: async () => {
      throw new NodeError(
        -32000,
        random.pick(['txpool is full', 'internal error', 'max fee per gas less than block base fee']),
      );
    },
  }),
  'sent twice': () => ({
    kind: 'sent twice',
    times: 1,
    isFor: isSend,
    tell: async (_, pass) => {
      await pass();
      return pass();
    },
  }),
  'answer of another request': (random) => {
    const method = random.pick(['eth_call', 'eth_getTransactionCount', 'eth_getTransactionReceipt']);
    return {
      kind: 'answer of another request',
      times: 1,
      isFor: methodIs(method),
      // A gateway that gives an answer out a second time: its id tells.
      tell: async ({ id, method: of }) =>
        refuse({ do: 'text', body: JSON.stringify({ jsonrpc: '2.0', id: Number(id) - 1, result: another[of] }) }),
    };
  },
  'nonce too low': (random) => ({
    kind: 'nonce too low',
    times: random.between(1, 2),
    isFor: ({ method, params }) => method === 'eth_getTransactionCount' && params[1] !== 'finalized',
    tell: async (_, pass) => shifted(await pass(), -random.between(1, 3)),
  }),
  'nonce too high': (random) => ({
    kind: 'nonce too high',
    times: 1,
    isFor: ({ method, params }) => method === 'eth_getTransactionCount' && params[1] === 'pending',
    tell: async (_, pass) => shifted(await pass(), random.between(1, 3)),
  }),
  'missing receipt': (random) => ({
    kind: 'missing receipt',
    times: random.between(2, 8),
    isFor: methodIs('eth_getTransactionReceipt'),
    tell: async () => null,
  }),
  'missing logs': (random) => ({
    kind: 'missing logs',
    times: random.between(1, 3),
    isFor: methodIs('eth_getLogs'),
    tell: async ({ params }, pass) => {
      const logs = (await pass()) as { blockNumber: string }[];
      const newest = Number((params[0] as { toBlock: string }).toBlock);
      return logs.filter(({ blockNumber }) => Number(blockNumber) < newest - forgetsBlocks || random.chance(0.3));
    },
  }),
  'too many logs': (random) => ({
    kind: 'too many logs',
    times: random.between(1, 4),
    isFor: methodIs('eth_getLogs'),
    tell: async () => {
      throw new NodeError(-32005, 'query returned more than 10000 results');
    },
  }),
  'null round': (random) => {
    const method = random.pick(['eth_getLogs', 'eth_getBlockByNumber']);
    return {
      kind: 'null round',
      times: random.between(1, 2),
      isFor: ({ method: of, params }) =>
        of === method && (of === 'eth_getLogs' || /^0x[1-9a-f]/.test(String(params[0]))),
      tell: async () => {
        throw new NodeError(12, 'requested epoch was a null round');
      },
    };
  },
  'nothing finalized': (random) => ({
    kind: 'nothing finalized',
    times: random.between(1, 4),
    isFor: ({ method, params }) => method === 'eth_getBlockByNumber' && params[0] === 'finalized',
    tell: async () => {
      throw new NodeError(-39001, 'finalized block not found');
    },
  }),
};

function methodIs(method: string): Lie['isFor'] {
  return (request) => request.method === method;
}

/** What the answer to some other request would be: a word of storage that is all set, a count, no receipt. */
const another: Readonly<Record<string, unknown>> = {
  eth_call: `0x${'f'.repeat(64)}`,
  eth_getTransactionCount: '0xffff',
  eth_getTransactionReceipt: null,
};

const shifted = (count: unknown, by: number): string => `0x${Math.max(0, Number(count) + by).toString(16)}`;
