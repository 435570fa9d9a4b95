/** The kiosk's own state, for the pages that behave differently while nobody is there. */
export interface Kiosk {
  /** Nobody has touched the glass for a while. */
  readonly isResting: boolean;
  setResting(isResting: boolean): void;
}

export function createKiosk(): Kiosk {
  let isResting = $state(false);
  return {
    get isResting() {
      return isResting;
    },
    setResting(value) {
      isResting = value;
    },
  };
}
