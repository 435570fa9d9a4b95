/** Keeps the page at the hub's build, and the phone's copy of it. */
export interface Update {
  /** The hub tells which build it serves; another one than ours means: load it at the next good moment. */
  onBuild(buildId: string | undefined): void;
  /** Loads the new build now if there is one; for moments when nobody would lose anything. */
  applyIfWaiting(): void;
  /** Registers the service worker, so that the page opens without the hub. Not for the kiosk: nothing personal stays there. */
  keepOnPhone(): Promise<void>;
  /** Deletes the personal answers that this phone kept. */
  forgetAnswers(): void;
}

export const ANSWERS_CACHE = 'stoop-answers';

export function createUpdate(win: Window): Update {
  const ours = win.document.querySelector('meta[name="stoop-build"]')?.getAttribute('content') ?? '';
  let isWaiting = false;

  return {
    onBuild(buildId) {
      isWaiting = buildId !== undefined && ours !== '' && buildId !== ours;
      // Somebody who is not looking loses nothing.
      if (isWaiting && win.document.visibilityState === 'hidden') win.location.reload();
    },
    applyIfWaiting() {
      if (isWaiting) win.location.reload();
    },
    async keepOnPhone() {
      if ('serviceWorker' in win.navigator && win.isSecureContext) {
        await win.navigator.serviceWorker.register('/sw.js', { scope: '/' });
      }
    },
    forgetAnswers() {
      if ('caches' in win) void win.caches.delete(ANSWERS_CACHE);
    },
  };
}
