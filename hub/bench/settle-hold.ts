import type { Lane } from '../src/platform/ports/index.ts';

/** Lanes that wait, whatever the chain says, while `isHeld`. */
export const holding =
  (isHeld: () => boolean) =>
  (lane: Lane): Lane => ({
    ...lane,
    preflight: async (...args) =>
      isHeld() ? args[0].map(() => ({ verdict: 'not-yet', reason: 'held' })) : lane.preflight(...args),
  });
