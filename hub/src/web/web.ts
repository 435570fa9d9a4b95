import { fail } from '../platform/errors.ts';
import { createFaults } from '../platform/faults.ts';
import { createApp } from './app.ts';
import { hubRoutes } from './hub.routes.ts';
import { type Listener, listenHttp } from './listeners.ts';
import { createLiveEvents, liveLimits } from './live-events.ts';
import { createMdns } from './mdns/mdns.ts';
import { openApiOf } from './openapi.ts';
import { hostHeaderForm, isLoopbackHost } from './own-hosts.ts';
import { createSecureListener } from './secure-listener.ts';
import { createSite } from './site.ts';
import { createStaticFiles } from './static-files.ts';
import { addTrust } from './trust/trust.ts';
import type { Web, WebAddresses, WebOptions } from './types.ts';

/** How soon a changed address, a certificate near its end or a free port is noticed. */
const upkeepMs = 60_000;

/** The hub's page and API over HTTP and HTTPS. See README.md for what each file does. */
export function createWeb(options: WebOptions): Web {
  const { routes, authenticate, changes, hubState, listen, clock, log, version } = options;
  const isOnLan = [listen.http, listen.https].some((each) => each !== undefined && !isLoopbackHost(each.host));
  const faults = createFaults(clock);
  const site = createSite({ mdnsName: options.mdnsName, hostNames: options.hostNames, isOnLan });
  const files = createStaticFiles(options.staticDir);
  const live = createLiveEvents({ changes, authenticate, clock, buildId: files.buildId, limits: liveLimits });
  const secure = createSecureListener(options, site, faults, log);
  const mdns = createMdns({
    name: options.mdnsName,
    onName(name) {
      site.rename(name);
      void secure.refresh();
    },
    faults,
    log,
  });
  let plain: Listener | undefined;
  let upkeep: NodeJS.Timeout | undefined;
  let isStopping = false;
  let document: Promise<string> | undefined;

  const httpsUrl = (): string | undefined =>
    secure.port() === undefined ? undefined : `https://${site.names()[0]}:${secure.port()}`;
  /** Plain HTTP when phones reach it: there a certificate that they do not know yet is no hurdle. */
  const trustUrl = (): string =>
    isLoopbackHost(listen.http.host)
      ? `https://${site.introduction()}:${secure.port()}/trust`
      : `http://${site.introduction()}:${plain?.port}/trust`;
  const lanUrls = () => (secure.port() === undefined ? [] : site.lanUrls(secure.port()!));

  const own = hubRoutes({
    hubState,
    nowMs: () => clock.nowMs(),
    version,
    lanUrls,
    trust() {
      const fingerprint = secure.authority()?.certificate.fingerprint256;
      return fingerprint === undefined || secure.port() === undefined ? undefined : { fingerprint, url: trustUrl() };
    },
    metricsText: () => `${options.metrics.text()}${liveMetrics()}`,
  });

  function liveMetrics(): string {
    return `# HELP stoop_live_streams Open live event streams\n# TYPE stoop_live_streams gauge\nstoop_live_streams ${live.count()}\n`;
  }

  function addresses(): WebAddresses {
    if (plain === undefined) throw fail('internal', {}, new Error('web has not started'));
    const host = isLoopbackHost(listen.http.host) ? listen.http.host : '127.0.0.1';
    return { http: `http://${hostHeaderForm(host)}:${plain.port}`, https: httpsUrl(), lan: lanUrls() };
  }

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
        isOwnHost: site.isOwnHost,
        addTrust: (target) =>
          addTrust(target, {
            hubName: () => hubState().name,
            httpsUrl,
            authority: secure.authority,
            names: site.names,
          }),
        openApi: () => (document ??= openApiOf([...own, ...routes], hubState().name, version)),
        isStopping: () => isStopping,
        log,
      });
      plain = await listenHttp(app.routing, listen.http.host, listen.http.port);
      await secure.start(app.routing);
      live.start();
      const { lan, ...here } = addresses();
      if (isOnLan)
        await mdns.start({ https: secure.port(), http: isLoopbackHost(listen.http.host) ? undefined : plain.port });
      upkeep = setInterval(() => {
        site.refresh();
        void secure.refresh();
        mdns.refresh();
      }, upkeepMs).unref();
      log.info({ ...here, lan }, 'web is listening');
    },
    async stop() {
      isStopping = true;
      clearInterval(upkeep);
      live.stop();
      await Promise.all([mdns.stop(), plain?.close(), secure.stop()]);
    },
    addresses,
    faults: faults.list,
  };
}
