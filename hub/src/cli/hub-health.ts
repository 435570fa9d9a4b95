import { getHeapStatistics } from 'node:v8';
import type { HubCommand } from './command.ts';
import { type HubStatus, hubStatus } from './status.ts';

/** What only the running hub knows of itself. */
export interface HubHealth extends HubStatus {
  /** By the metric's name. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly heapUsedBytes: number;
  readonly heapLimitBytes: number;
  readonly chainState: object;
  readonly mqttPort?: number;
}

export const hubHealth: HubCommand<HubHealth> = {
  name: 'health',
  async run(building, args, hub) {
    const heap = getHeapStatistics();
    return {
      ...(await hubStatus.run(building, args, hub)),
      metrics: parseMetrics(hub.metricsText()),
      heapUsedBytes: heap.used_heap_size,
      heapLimitBytes: heap.heap_size_limit,
      chainState: building.chain.state(),
      mqttPort: building.broker?.address()?.port,
    };
  },
};

/** Gauges without labels, of Prometheus' text format. */
function parseMetrics(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => line.split(' ')).map(([name = '', value]) => [name, Number(value)]));
}
