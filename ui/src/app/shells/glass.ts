/** Keeps the kiosk's glass to the page: no menus, no dragging, no selecting; tells of each touch. Gives back how to stop. */
export function guardGlass(win: Window, onTouch: () => void): () => void {
  const guarding = new AbortController();
  const { signal } = guarding;
  const refuse = (event: Event) => event.preventDefault();
  for (const type of ['contextmenu', 'dragstart', 'selectstart']) {
    win.document.addEventListener(type, (event) => !isField(event.target) && refuse(event), { signal });
  }
  for (const type of ['pointerdown', 'keydown', 'wheel']) {
    win.addEventListener(type, onTouch, { signal, capture: true, passive: true });
  }
  return () => guarding.abort();
}

function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea') !== null;
}
