import type { Config } from './schema.ts';

const hostOf = (url: string) => new URL(url).host;

/** The configuration as it may be shown and sent: an address often holds a key, and people's addresses are theirs. */
export function redactConfig(config: Config): object {
  const { rpcUrls, ...chain } = config.chain;
  return {
    ...config,
    chain: { ...chain, rpcUrls: rpcUrls.map(hostOf) },
    mail: config.mail && {
      ...config.mail,
      user: config.mail.user && '[redacted]',
      from: '[redacted]',
      readers: config.mail.readers.map(({ office, language }) => ({ office, language })),
    },
    webhooks: config.webhooks.map((hook) => ({ ...hook, url: hostOf(hook.url) })),
  };
}
