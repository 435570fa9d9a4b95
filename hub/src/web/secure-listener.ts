import type { RequestListener } from 'node:http';
import { isIP } from 'node:net';
import type { Faults } from '../platform/faults.ts';
import type { Log } from '../platform/log.ts';
import { listenHttps } from './listeners.ts';
import type { Site } from './site.ts';
import type { Authority } from './tls/authority.ts';
import type { Leaf } from './tls/certificates.ts';
import { openTlsSource, type TlsSource } from './tls/source.ts';
import type { WebOptions } from './types.ts';

export interface SecureListener {
  /** Never throws: without HTTPS the kiosk still works, and a fault says what is wrong. Tries again on `refresh`. */
  start(handler: RequestListener): Promise<void>;
  /** Takes a new certificate when names, addresses or the date ask for it. */
  refresh(): Promise<void>;
  stop(): Promise<void>;
  /** Undefined while it does not listen. */
  port(): number | undefined;
  authority(): Authority | undefined;
}

type Options = Pick<WebOptions, 'listen' | 'dataDir' | 'mdnsName' | 'hostNames' | 'clock'>;

export function createSecureListener(options: Options, site: Site, faults: Faults, log: Log): SecureListener {
  const https = options.listen.https;
  let handler: RequestListener | undefined;
  let source: TlsSource | undefined;
  let listener: Awaited<ReturnType<typeof listenHttps>> | undefined;
  let served: Leaf | undefined;

  function openSource(): TlsSource {
    source ??= openTlsSource(https?.certificate, {
      folder: `${options.dataDir}/tls`,
      mdnsName: options.mdnsName,
      hostNames: options.hostNames,
      clock: options.clock,
    });
    return source;
  }

  function tellLeftOut({ leftOut }: Leaf): void {
    // A public address is nothing to mend: phones reach the hub by its others.
    const names = leftOut.filter((host) => isIP(host) === 0);
    const message = `The certificate cannot name ${names.join(', ')}: its authority was made for other names.`;
    if (names.length === 0) faults.clear('name_not_certified');
    else faults.raise('name_not_certified', 'config', message);
  }

  async function refresh(): Promise<void> {
    if (https === undefined || handler === undefined) return;
    try {
      const leaf = openSource().current(site.certificateHosts());
      if (listener === undefined) {
        listener = await listenHttps(handler, https.host, https.port, leaf);
      } else if (leaf.cert !== served?.cert) {
        listener.server.setSecureContext({ key: leaf.key, cert: leaf.cert });
        log.info({}, 'serving a new certificate');
      }
      served = leaf;
      tellLeftOut(leaf);
      faults.clear('https_unavailable');
    } catch (error) {
      log.error({ err: error }, 'https is not available');
      faults.raise('https_unavailable', 'config', error instanceof Error ? error.message : String(error));
    }
  }

  return {
    start(given) {
      handler = given;
      return refresh();
    },
    refresh,
    async stop() {
      handler = undefined;
      await listener?.close();
    },
    port: () => listener?.port,
    authority: () => source?.authority,
  };
}
