import { tick } from 'svelte';
import { matchRoute } from './router.ts';
import { notFoundRoute, type Route, routes } from './routes.ts';

export interface Place {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly path: string;
}

/** Where the page is, by the address bar. */
export interface Navigation {
  readonly place: Place;
  /** How many steps back stay on this page. */
  readonly depth: number;
  /** True once the address changed since the page was loaded. */
  readonly hasMoved: boolean;
  go(path: string, how?: { replace?: boolean }): void;
  /** One step back, or to `fallback` when this was the first page. */
  back(fallback?: string): void;
  start(signal: AbortSignal): void;
}

/** Follows the history API; links inside the page never load it anew. */
export function createNavigation(win: Window): Navigation {
  let place = $state.raw<Place>(placeOf(win.location));
  let depth = $state(depthOf(win.history.state));
  let hasMoved = false;

  function show(): void {
    place = placeOf(win.location);
    depth = depthOf(win.history.state);
    hasMoved = true;
  }

  function go(path: string, { replace = false } = {}): void {
    const next = replace ? depth : depth + 1;
    win.history[replace ? 'replaceState' : 'pushState']({ depth: next }, '', path);
    show();
    void tick().then(() => win.scrollTo({ top: 0, behavior: 'instant' }));
  }

  return {
    get place() {
      return place;
    },
    get depth() {
      return depth;
    },
    get hasMoved() {
      return hasMoved;
    },
    go,
    back(fallback = '/') {
      if (depth > 0) win.history.back();
      else go(fallback, { replace: true });
    },
    start(signal) {
      win.addEventListener('popstate', show, { signal });
      win.document.addEventListener('click', (event) => followLink(event, win, go), { signal });
    },
  };
}

function placeOf(location: Location): Place {
  const match = matchRoute(routes, location.pathname) ?? { route: notFoundRoute, params: {} };
  return { ...match, query: new URLSearchParams(location.search), path: location.pathname };
}

function depthOf(state: unknown): number {
  return typeof state === 'object' && state !== null && 'depth' in state && typeof state.depth === 'number'
    ? state.depth
    : 0;
}

function followLink(event: MouseEvent, win: Window, go: (path: string) => void): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link || link.target || link.hasAttribute('download') || link.origin !== win.location.origin) return;
  if (!matchRoute(routes, link.pathname)) return;
  event.preventDefault();
  go(link.pathname + link.search);
}
