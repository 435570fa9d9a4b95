export type {
  ChangeFeed,
  Fault,
  HubState,
  ListenOptions,
  StoreFailure,
  Web,
  WebAddresses,
  WebOptions,
} from './types.ts';
export { createWeb } from './web.ts';
