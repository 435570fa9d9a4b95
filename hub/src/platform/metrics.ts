import { monitorEventLoopDelay } from 'node:perf_hooks';

type Read = () => number;

export interface Metrics {
  /** A value that is read when somebody asks. */
  gauge(name: string, help: string, read: Read): void;
  /** Prometheus' text format, version 0.0.4. */
  text(): string;
}

/** The hub's own numbers; nothing is kept but how to read them. */
export function createMetrics(): Metrics {
  const gauges = new Map<string, { help: string; read: Read }>();
  return {
    gauge: (name, help, read) => void gauges.set(name, { help, read }),
    text: () =>
      [...gauges]
        .map(([name, { help, read }]) => `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${read()}\n`)
        .join(''),
  };
}

/** How long the main thread was held, worst and 99th percentile since the last look, in milliseconds. */
export function watchLoopDelay(metrics: Metrics): { maxMs: Read; stop: () => void } {
  const histogram = monitorEventLoopDelay({ resolution: 10 });
  histogram.enable();
  const maxMs = () => histogram.max / 1e6;
  metrics.gauge('stoop_loop_delay_max_ms', 'Longest event loop delay since start', maxMs);
  metrics.gauge(
    'stoop_loop_delay_p99_ms',
    '99th percentile of the event loop delay',
    () => histogram.percentile(99) / 1e6,
  );
  return { maxMs, stop: () => void histogram.disable() };
}
