import { type FilecoinNode, startFilecoinNode } from './filecoin-node.ts';
import { type TinyChain, tinyOn } from './fixture.ts';

/** The tiny contract on the double of a Filecoin node. */
export interface TestFilecoin extends TinyChain {
  readonly node: FilecoinNode;
  stop(): Promise<void>;
}

/** From the contract's deployment on epochs pass by hand. */
export async function startTestFilecoin(chainId = 31415): Promise<TestFilecoin> {
  const node = await startFilecoinNode({ chainId });
  const test = await tinyOn(node.url, chainId, node.genesisHash);
  await node.begin();
  return { ...test, node, stop: () => node.close() };
}
