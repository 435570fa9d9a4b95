import type { Config } from './schema.ts';

/** The configuration as it may be shown and sent: an endpoint's key is often part of its address. */
export function redactConfig(config: Config): object {
  const { rpcUrls, ...chain } = config.chain;
  return { ...config, chain: { ...chain, rpcUrls: rpcUrls.map((url) => new URL(url).host) } };
}
