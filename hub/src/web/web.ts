import { fail } from '../platform/errors.ts';
import { createApp } from './app.ts';
import { hubRoutes } from './hub.routes.ts';
import { type Listener, listenHttp } from './listeners.ts';
import { createLiveEvents, liveLimits } from './live-events.ts';
import { openApiOf } from './openapi.ts';
import { hostHeaderForm, isLoopbackHost, lanAddresses, ownHosts } from './own-hosts.ts';
import { createStaticFiles } from './static-files.ts';
import type { Web, WebAddresses, WebOptions } from './types.ts';

/** The hub's page and API over HTTP and HTTPS. See README.md for what each file does. */
export function createWeb(options: WebOptions): Web {
  const { routes, authenticate, changes, hubState, listen, clock, log, version } = options;
  const files = createStaticFiles(options.staticDir);
  const live = createLiveEvents({ changes, authenticate, clock, buildId: files.buildId, limits: liveLimits });
  let hosts = new Set<string>();
  let listeners: Listener[] = [];
  let addresses: WebAddresses | undefined;
  let isStopping = false;
  let document: Promise<string> | undefined;

  const own = hubRoutes({
    hubState,
    faults: () => [],
    nowMs: () => clock.nowMs(),
    version,
    lanUrls: () => addresses?.lan ?? [],
    trust: () => undefined,
    metricsText: () => options.metrics.text(),
  });

  return {
    name: 'web',
    async start() {
      const app = await createApp({
        routes,
        hubRoutes: own,
        authenticate,
        live,
        files,
        hubState,
        isOwnHost: (host) => hosts.has(host),
        addTrust: () => {},
        openApi: () => (document ??= openApiOf([...own, ...routes], hubState().name, version)),
        isStopping: () => isStopping,
        log,
      });
      const isOnLan = !isLoopbackHost(listen.http.host);
      hosts = ownHosts([`${options.mdnsName}.local`, ...options.hostNames], isOnLan ? lanAddresses() : []);
      const plain = await listenHttp(app.routing, listen.http.host, listen.http.port);
      listeners = [plain];
      const host = isOnLan ? '127.0.0.1' : listen.http.host;
      addresses = { http: `http://${hostHeaderForm(host)}:${plain.port}`, lan: [] };
      live.start();
      log.info({ ...addresses }, 'web is listening');
    },
    async stop() {
      isStopping = true;
      live.stop();
      await Promise.all(listeners.map((listener) => listener.close()));
    },
    addresses() {
      if (addresses === undefined) throw fail('internal');
      return addresses;
    },
    faults: () => [],
  };
}
