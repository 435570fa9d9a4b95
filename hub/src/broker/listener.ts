import type { Server } from 'node:net';

export interface ListenerOptions {
  readonly server: Server;
  readonly listen: { readonly host: string; readonly port: number };
  /** How long to wait before each next try; the last one goes on. */
  readonly pausesMs: readonly number[];
  /** Another program has the port, or the address is not there yet. */
  readonly onRefused: (error: Error) => void;
  readonly onListening: () => void;
}

export const defaultPausesMs: readonly number[] = [1_000, 2_000, 5_000, 15_000, 30_000, 60_000];

/** What passes by itself: the program that has the port ends, the network comes up. */
const passing = new Set(['EADDRINUSE', 'EADDRNOTAVAIL']);

/** Listens on a port, and while somebody else has it tries again until it is free. */
export function createListener({ server, listen, pausesMs, onRefused, onListening }: ListenerOptions) {
  let timer: NodeJS.Timeout | undefined;
  let tries = 0;
  let isStopped = false;

  const once = () =>
    new Promise<void>((resolve, reject) => {
      const refused = (error: Error) => reject(error);
      server.once('error', refused);
      server.listen(listen.port, listen.host, () => {
        server.off('error', refused);
        resolve();
      });
    });

  async function attempt(): Promise<void> {
    try {
      await once();
    } catch (error) {
      if (!passing.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      onRefused(error as Error);
      const pauseMs = pausesMs[Math.min(tries++, pausesMs.length - 1)];
      if (!isStopped) timer = setTimeout(again, pauseMs);
      return;
    }
    onListening();
  }

  function again(): void {
    attempt().catch(onRefused);
  }

  return {
    /** Resolves after the first try, whatever came of it. Throws what will not pass by itself. */
    start: attempt,
    stop(): void {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
