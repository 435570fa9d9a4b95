/** The browser's offer to put the page on the home screen. */
export interface Install {
  readonly isOffered: boolean;
  readonly isInstalled: boolean;
  ask(): Promise<void>;
}

interface InstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
}

/** Keeps the browser's offer until somebody asks for it. */
export function createInstall(win: Window): Install {
  let offer = $state.raw<InstallPromptEvent>();
  let isInstalled = $state(win.matchMedia('(display-mode: standalone)').matches);
  win.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer = event as InstallPromptEvent;
  });
  win.addEventListener('appinstalled', () => {
    offer = undefined;
    isInstalled = true;
  });
  return {
    get isOffered() {
      return offer !== undefined;
    },
    get isInstalled() {
      return isInstalled;
    },
    async ask() {
      await offer?.prompt();
      offer = undefined;
    },
  };
}
