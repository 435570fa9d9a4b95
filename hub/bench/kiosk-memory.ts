import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import type { Order } from '../src/modules/orders/index.ts';
import { startChromium } from '../test/browser/support/chromium.ts';
import { walkIn } from '../test/browser/support/glass.ts';
import { liveIn } from '../test/browser/support/lived-in.ts';
import { createTestHub } from '../test/support/create-test-hub.ts';

export const about =
  'memory of the resting kiosk page over two million live events, through its own EventSource; [--events 2000000] [--sabotage keep-events]; three minutes';

/** UI.md: what it may grow after the first tenth. */
const growthMost = 0.1;
const tenths = 10;
/** Events per write: one chunk of the stream, as after a busy moment. */
const batch = 500;

interface Sample {
  readonly events: number;
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
  readonly rssBytes: number;
}

/** The hub as the page sees it, except for the stream of live events, which comes from here. */
async function startStream(hubOrigin: string) {
  const { host } = new URL(hubOrigin);
  let stream: ServerResponse | undefined;
  let opened = () => {};
  const server = createServer((asked: IncomingMessage, answer: ServerResponse) => {
    if (asked.url?.startsWith('/api/events')) {
      answer.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      answer.write('retry: 1000\n\nevent: hello\ndata: {}\n\n');
      stream = answer;
      opened();
      return;
    }
    const headers = { ...asked.headers, host, ...(asked.headers.origin && { origin: hubOrigin }) };
    const on = request(hubOrigin + asked.url, { method: asked.method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    asked.pipe(on);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Resolves once the page reads on. */
    async write(text: string): Promise<void> {
      while (!stream || stream.destroyed) {
        await new Promise<void>((resolve) => {
          opened = resolve;
        });
      }
      const to = stream;
      if (to.write(text)) return;
      const over = new AbortController();
      const { signal } = over;
      await Promise.race([once(to, 'drain', { signal }), once(to, 'close', { signal })]).finally(() => over.abort());
    },
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What a building's day is made of: nearly all of it readings, now and then an order that moves. */
function* daysOf(orders: readonly string[], readings: readonly string[]): Generator<string> {
  for (let seq = 1; ; seq++) {
    const isOrder = seq % 1000 === 0;
    const id = isOrder ? orders[(seq / 1000) % orders.length]! : readings[seq % readings.length]!;
    yield `id: ${seq}\ndata: ${JSON.stringify({ seq, noun: isOrder ? 'order' : 'reading', id, revision: seq })}\n\n`;
  }
}

/** The page counts what its own stream hands it; one that keeps it must be found out. */
const counting = (isKeeping: boolean) => `(() => {
  window.seen = 0;
  window.kept = [];
  const Native = window.EventSource;
  window.EventSource = class extends Native {
    constructor(...args) { super(...args); this.addEventListener('message', ({ data }) => { window.seen++; if (${isKeeping}) window.kept.push(data); }); }
  };
})()`;

async function sampleOf(page: Page, cdp: CDPSession, pid: number | undefined, events: number): Promise<Sample> {
  await page.evaluate(
    `new Promise((resolve) => { const look = () => window.seen >= ${events} ? resolve() : setTimeout(look, 50); look(); })`,
  );
  // What reads for the last events is over after a second; then what is garbage goes.
  await page.waitForTimeout(2000);
  for (let round = 0; round < 3; round++) await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters');
  const rss = pid === undefined ? '' : readFileSync(`/proc/${pid}/status`, 'utf8');
  const rssBytes = Number(/VmRSS:\s+(\d+) kB/.exec(rss)?.[1] ?? 0) * 1024;
  return { events, heapBytes: usedSize, nodes, listeners: jsEventListeners, rssBytes };
}

export async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const { values } = parseArgs({
    args: [...args],
    options: { events: { type: 'string', default: '2000000' }, sabotage: { type: 'string' } },
  });
  const total = Number(values.events);
  const house = await createTestHub();
  const chromium = await startChromium();
  const stream = await startStream(house.http);
  try {
    await liveIn(house);
    const visit = await chromium.visit(stream.origin, { device: 'kiosk' });
    const { page } = visit;
    await walkIn(page, 'kiosk');
    await page.addInitScript(counting(values.sabotage === 'keep-events'));
    await visit.load('/');
    const browser = await visit.context.browser()!.newBrowserCDPSession();
    const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    // The one that drew the page has used the most time.
    const pid = renderers.toSorted((a, b) => b.cpuTime - a.cpuTime)[0]?.id;
    const cdp = await visit.context.newCDPSession(page);
    const orders = (await house.browser().get<{ items: Order[] }>('/api/orders')).body.items.map(({ id }) => id);
    const { items } = (await house.browser().get<{ items: { deviceId: string; metric: string }[] }>('/api/readings'))
      .body;
    const day = daysOf(
      orders,
      items.map(({ deviceId, metric }) => `${deviceId}/${metric}`),
    );

    const beganMs = performance.now();
    const samples: Sample[] = [];
    console.log('    events      heap     nodes  listeners       RSS      time');
    for (let sent = 0; sent < total; ) {
      let text = '';
      const upTo = Math.min(sent + batch, Math.ceil(((samples.length + 1) * total) / tenths));
      for (; sent < upTo; sent++) text += day.next().value;
      await stream.write(text);
      if (sent < Math.ceil(((samples.length + 1) * total) / tenths)) continue;
      const sample = await sampleOf(page, cdp, pid, sent);
      samples.push(sample);
      const tookS = (performance.now() - beganMs) / 1000;
      console.log(
        `${String(sample.events).padStart(10)} ${mb(sample.heapBytes)} ${String(sample.nodes).padStart(9)} ${String(sample.listeners).padStart(10)} ${mb(sample.rssBytes)} ${`${tookS.toFixed(0)} s`.padStart(9)}`,
      );
    }
    const [first, last] = [samples[0]!, samples.at(-1)!];
    const growth = (figure: 'heapBytes' | 'nodes' | 'rssBytes') =>
      Number((last[figure] / Math.max(1, first[figure]) - 1).toFixed(4));
    return {
      events: total,
      heapMB: Number((last.heapBytes / 1e6).toFixed(2)),
      heapGrowth: growth('heapBytes'),
      nodeGrowth: growth('nodes'),
      rssGrowth: growth('rssBytes'),
      isHeld: growth('heapBytes') <= growthMost && growth('nodes') <= growthMost,
      seconds: Math.round((performance.now() - beganMs) / 1000),
    };
  } finally {
    await chromium.close();
    stream.stop();
    await house.dispose();
  }
}

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`.padStart(9);
