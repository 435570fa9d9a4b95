import type { Component } from 'svelte';
import type { RoutePath } from './router.ts';

/** Where the bottom bar stands for a page. */
export type Section = 'home' | 'orders' | 'garden' | 'listen' | 'me';

export interface Route extends RoutePath {
  readonly section: Section;
  readonly load: () => Promise<{ default: Component }>;
  /** The page makes sense only for somebody signed in. */
  readonly isPersonal?: true;
}

/** Every address of the page; a fixed word stands before a named part. */
export const routes: readonly Route[] = [
  { path: '/', section: 'home', load: () => import('../features/home/HomePage.svelte') },
  { path: '/orders', section: 'orders', load: () => import('../features/orders/OrdersPage.svelte') },
];

export const notFoundRoute: Route = {
  path: '/*',
  section: 'home',
  load: () => import('../features/home/NotFoundPage.svelte'),
};
