export { loadConfig } from './load.ts';
export { redactConfig } from './redact.ts';
export {
  type Config,
  dailyCapOf,
  defaultStaleAfterMs,
  itemCeilingOf,
  patienceOf,
  staleAfterMsOf,
} from './schema.ts';
