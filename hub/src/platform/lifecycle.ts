import type { Log } from './log.ts';
import type { Part } from './ports/index.ts';

/** A part may take this long to stop; all of them together stay within the five seconds that people wait. */
const stopMs = 1500;

/** Stops in the given order; a part that hangs or fails is logged and left behind. */
export async function stopAll(parts: readonly Part[], log: Log): Promise<void> {
  for (const part of parts) {
    const deadline = Promise.withResolvers<'late'>();
    const timer = setTimeout(deadline.resolve, stopMs, 'late');
    try {
      const outcome = await Promise.race([part.stop(), deadline.promise]);
      if (outcome === 'late') log.warn({ part: part.name }, 'did not stop in time');
    } catch (error) {
      log.error({ part: part.name, err: error }, 'failed to stop');
    } finally {
      clearTimeout(timer);
    }
  }
}
