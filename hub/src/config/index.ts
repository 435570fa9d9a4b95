export { loadConfig } from './load.ts';
export { redactConfig } from './redact.ts';
export { type Config, defaultStaleAfterMs, minesOnDemand } from './schema.ts';
