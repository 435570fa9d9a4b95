// A hub at the far end of a lying line: `hub.child.ts PLAN.json [SABOTAGE]`. Tells its parent when it is up, and ends with it.
import { readFileSync } from 'node:fs';
import { setInterval as everyMs } from 'node:timers/promises';
import { createHub, type Hub } from '../../src/hub.ts';
import { outbox } from '../../src/outbox/index.ts';
import { createLog } from '../../src/platform/log.ts';
import { configOf } from '../day/building.ts';
import type { FromHub, ToHub } from '../day/messages.ts';
import { createFastClock, type FastTime } from './clock.ts';
import { settleSabotage } from './sabotage.ts';

export interface HubPlan {
  readonly dir: string;
  readonly deploymentFile: string;
  readonly rpcUrl: string;
  readonly pollMs: number;
  readonly rpcTimeoutMs: number;
  readonly time: FastTime;
}

const [planPath, sabotage] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planPath!, 'utf8')) as HubPlan;
const minuteMs = 60_000;
const staticDir = new URL('../../../ui/dist', import.meta.url).pathname;
const clock = createFastClock(plan.time);
const tell = (message: FromHub) => void process.send?.(message);
const stopping = new AbortController();

/** Resolves when nothing waits for the chain any more. */
function settled({ building }: Hub): Promise<void> {
  const { store, chain, events } = building!;
  const isSettled = () => chain.state().isOnline && store.read((reader) => outbox.waiting(reader)).length === 0;
  return new Promise((resolve) => {
    const look = () => {
      if (!isSettled()) return;
      for (const stop of listening) stop();
      resolve();
    };
    const listening = [events.onChanges(look), events.onTransient(look)];
    look();
  });
}

const config = configOf(plan.dir);
const hub = await createHub({
  config: {
    ...config,
    chain: {
      ...config.chain,
      isEmbedded: false,
      rpcUrls: [plan.rpcUrl],
      staleAfterMs: 600_000,
      deploymentFile: plan.deploymentFile,
      pollMs: plan.pollMs,
    },
  },
  clock,
  log: createLog('warn', process.stderr),
  version: 'drill',
  staticDir,
  sabotage: { ...settleSabotage(sabotage), rpcTimeoutMs: plan.rpcTimeoutMs },
});
/** What the timetable does each minute, in the minutes of this hub's clock. */
const eachMinute = ['members.expire', 'seats.issue', 'key-change.apply'];

async function runJobs(): Promise<void> {
  // The timetable itself runs them too, and tells of their failures.
  for (const job of hub.building?.jobs ?? [])
    if (eachMinute.includes(job.name)) await job.run(stopping.signal).catch(() => {});
}

process.on('disconnect', () => process.exit());
process.on('message', async (message: ToHub) => {
  if (message.say === 'settle') await settled(hub).then(() => tell({ say: 'settled' }));
  else if (message.say === 'clock') clock.set(message);
  else {
    stopping.abort();
    await hub.stop().then(() => process.disconnect());
  }
});
await hub.start();
void (async () => {
  for await (const _ of everyMs(minuteMs / plan.time.speed, undefined, { signal: stopping.signal })) await runJobs();
})().catch(() => {});
const { building } = hub;
const mqtt = building?.broker?.address();
if (!building || !mqtt) {
  tell({ say: 'unusable', reason: hub.state().storeFailure?.message ?? 'the broker does not listen' });
} else {
  tell({ say: 'up', http: hub.web.addresses().http, mqtt: `mqtt://127.0.0.1:${mqtt.port}` });
}
