export type ThemeChoice = 'auto' | 'light' | 'dark';

/** Light, dark, or as the device has it; kept on this device. */
export interface Theme {
  readonly choice: ThemeChoice;
  choose(choice: ThemeChoice): void;
}

const KEY = 'stoop-theme';

export function createTheme(root: HTMLElement, storage: Storage): Theme {
  const kept = storage.getItem(KEY);
  let choice = $state<ThemeChoice>(kept === 'light' || kept === 'dark' ? kept : 'auto');
  const show = () => {
    if (choice === 'auto') root.removeAttribute('data-theme');
    else root.dataset.theme = choice;
  };
  show();
  return {
    get choice() {
      return choice;
    },
    choose(wanted) {
      choice = wanted;
      storage.setItem(KEY, wanted);
      show();
    },
  };
}
