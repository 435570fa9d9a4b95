export { type Chain, type ChainOptions, createChain } from './chain.ts';
export type { ChainState } from './connection.ts';
export { type Deployment, loadDeployment } from './deployment.ts';
export {
  createEmbeddedChain,
  type EmbeddedChain,
  type EmbeddedChainOptions,
  type EmbeddedEndpoint,
} from './embedded.ts';
export { lineRoutes } from './line.routes.ts';
export { coinOf, createPlace, type Place } from './place.ts';
export { createRelayerKey, type RelayerKey } from './relayer-key.ts';
export type { ChainEvent, Sightings, Transfer } from './watcher.ts';
