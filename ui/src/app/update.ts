/** Keeps the page at the hub's build, and the phone's copy of it. */
export interface Update {
  /** The hub tells which build it serves; another one than ours is loaded at once or at the next good moment. */
  onBuild(buildId: string | undefined): void;
  /** Loads the new build now if there is one; for moments when nobody would lose anything. */
  applyIfWaiting(): void;
  /** Registers the service worker, so that the page opens without the hub. */
  keepOnPhone(): Promise<void>;
  /** Nothing is kept in this browser: a kiosk belongs to everybody. */
  keepNothing(): Promise<void>;
  /** Deletes the personal answers that this phone kept. */
  forgetAnswers(): void;
}

export interface UpdateDeps {
  win: Window;
  /** Nobody is using the page just now. */
  isFree: () => boolean;
}

/** As the service worker names it. */
const ANSWERS_CACHE = 'stoop-answers';
const LOADED_FOR_KEY = 'stoop-loaded-for';

export function createUpdate({ win, isFree }: UpdateDeps): Update {
  const ours = win.document.querySelector('meta[name="stoop-build"]')?.getAttribute('content') ?? undefined;
  let waiting: string | undefined;

  function apply(): void {
    // Once per build: a page that stays the old one would otherwise load for ever.
    if (waiting === undefined || win.sessionStorage.getItem(LOADED_FOR_KEY) === waiting) return;
    win.sessionStorage.setItem(LOADED_FOR_KEY, waiting);
    win.location.reload();
  }

  return {
    onBuild(buildId) {
      waiting = buildId !== undefined && ours !== undefined && buildId !== ours ? buildId : undefined;
      if (isFree()) apply();
    },
    applyIfWaiting: apply,
    async keepOnPhone() {
      if ('serviceWorker' in win.navigator && win.isSecureContext) {
        await win.navigator.serviceWorker.register('/sw.js', { scope: '/' });
      }
    },
    async keepNothing() {
      if ('serviceWorker' in win.navigator) {
        const kept = await win.navigator.serviceWorker.getRegistrations();
        await Promise.all(kept.map((registration) => registration.unregister()));
      }
      if ('caches' in win) {
        const names = await win.caches.keys();
        await Promise.all(names.map((name) => win.caches.delete(name)));
      }
    },
    forgetAnswers() {
      if ('caches' in win) void win.caches.delete(ANSWERS_CACHE);
    },
  };
}
