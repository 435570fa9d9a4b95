// A hub that will be killed: `hub.child.ts DIR [SABOTAGE]`. Tells its parent when it is up, and ends with it.
import { createHub, type Hub } from '../../src/hub.ts';
import { outbox, recentAttempts } from '../../src/outbox/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { configOf } from './building.ts';
import type { FromHub, ToHub } from './messages.ts';
import { sabotageNamed } from './sabotage.ts';

const [dir, sabotage] = process.argv.slice(2);
const staticDir = new URL('../../../ui/dist', import.meta.url).pathname;
const tell = (message: FromHub) => void process.send?.(message);

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

const hub = await createHub({
  config: configOf(dir!),
  clock: systemClock,
  log: createLog('warn', process.stderr),
  version: 'drill',
  staticDir,
  sabotage: sabotageNamed(sabotage),
});
process.on('disconnect', () => process.exit());
process.on('message', async ({ say }: ToHub) => {
  if (say === 'settle') await settled(hub).then(() => tell({ say: 'settled' }));
  else await hub.stop().then(() => process.disconnect());
});
await hub.start();
const { building } = hub;
const mqtt = building?.broker?.address();
if (!building || !mqtt) {
  tell({ say: 'unusable', reason: hub.state().storeFailure?.message ?? 'the broker does not listen' });
} else {
  const { events, store } = building;
  events.onChanges((changes) => {
    if (!changes.some(({ noun }) => noun === 'attempt')) return;
    const [newest] = store.read((reader) => recentAttempts(reader, 'chain', 1));
    if (newest?.state === 'prepared') tell({ say: 'leaving', lane: newest.lane });
  });
  tell({ say: 'up', http: hub.web.addresses().http, mqtt: `mqtt://127.0.0.1:${mqtt.port}` });
}
