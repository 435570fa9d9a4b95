import type { Component } from 'svelte';
import type { RoutePath } from './router.ts';

/** Where the bottom bar stands for a page. */
export type Section = 'home' | 'orders' | 'garden' | 'listen' | 'me';

/** Who looks: the kiosk, a phone, or somebody in the demonstration who has walked through no door yet. */
export type Look = 'kiosk' | 'phone' | 'visitor';

type Page = Promise<{ default: Component }>;

export interface Route extends RoutePath {
  readonly section: Section;
  /** Only for somebody who is signed in. */
  readonly isPersonal?: boolean;
  /** One touch away from where people are: fetched while the page rests. */
  readonly isNear?: boolean;
  readonly load: (look: Look) => Page;
}

/** Tiles and PIN pad exist only on the kiosk. */
const signIn = (look: Look): Page =>
  look === 'kiosk' ? import('../features/members/SignInPage.svelte') : import('../features/members/MePage.svelte');

const homes: Record<Look, () => Page> = {
  kiosk: () => import('../features/kiosk/KioskHome.svelte'),
  phone: () => import('../features/home/HomePage.svelte'),
  visitor: () => import('../features/demo/DemoPage.svelte'),
};

/** Every address of the page; a fixed word stands before a named part. */
export const routes: readonly Route[] = [
  { path: '/', section: 'home', isNear: true, load: (look) => homes[look]() },
  { path: '/orders', section: 'orders', isNear: true, load: () => import('../features/orders/OrdersPage.svelte') },
  {
    path: '/orders/new',
    section: 'orders',
    isPersonal: true,
    load: () => import('../features/orders/NewOrderPage.svelte'),
  },
  { path: '/orders/:id', section: 'orders', isNear: true, load: () => import('../features/orders/OrderPage.svelte') },
  { path: '/goods', section: 'orders', load: () => import('../features/suppliers/GoodsPage.svelte') },
  { path: '/goods/:id', section: 'orders', load: () => import('../features/suppliers/GoodPage.svelte') },
  { path: '/suppliers', section: 'orders', load: () => import('../features/suppliers/SuppliersPage.svelte') },
  { path: '/suppliers/:id', section: 'orders', load: () => import('../features/suppliers/SupplierPage.svelte') },
  {
    path: '/suppliers/:id/prices',
    section: 'orders',
    isPersonal: true,
    load: () => import('../features/suppliers/prices/PriceFilePage.svelte'),
  },
  { path: '/proposals', section: 'home', load: () => import('../features/governance/ProposalsPage.svelte') },
  {
    path: '/proposals/new',
    section: 'home',
    isPersonal: true,
    load: () => import('../features/governance/NewProposalPage.svelte'),
  },
  { path: '/proposals/:id', section: 'home', load: () => import('../features/governance/ProposalPage.svelte') },
  { path: '/garden', section: 'garden', isNear: true, load: () => import('../features/garden/GardenPage.svelte') },
  { path: '/garden/harvests', section: 'garden', load: () => import('../features/produce/HarvestsPage.svelte') },
  {
    path: '/garden/shifts',
    section: 'garden',
    isPersonal: true,
    load: () => import('../features/produce/ShiftsPage.svelte'),
  },
  { path: '/garden/:device/:metric', section: 'garden', load: () => import('../features/garden/MetricPage.svelte') },
  { path: '/listen', section: 'listen', isNear: true, load: () => import('../features/listen/ListenPage.svelte') },
  { path: '/me', section: 'me', isNear: true, load: () => import('../features/members/MePage.svelte') },
  {
    path: '/me/money/send',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/transfers/SendPage.svelte'),
  },
  {
    path: '/me/money/back',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/redemptions/GetMoneyBackPage.svelte'),
  },
  {
    path: '/me/money/limit',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/limits/DailyLimitPage.svelte'),
  },
  { path: '/me/money', section: 'me', isPersonal: true, load: () => import('../features/treasury/MoneyPage.svelte') },
  { path: '/me/gro', section: 'me', isPersonal: true, load: () => import('../features/governance/LocksPage.svelte') },
  {
    path: '/me/devices',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/members/DevicesPage.svelte'),
  },
  { path: '/sign-in', section: 'me', isNear: true, load: signIn },
  { path: '/phone', section: 'me', load: () => import('../features/members/PhonePage.svelte') },
  { path: '/recover', section: 'me', load: () => import('../features/members/RecoverPage.svelte') },
  {
    path: '/treasurer',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/treasury/TreasurerPage.svelte'),
  },
  {
    path: '/treasurer/deposits',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/treasury/DepositsPage.svelte'),
  },
  {
    path: '/treasurer/bank',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/treasury/bank/BankPage.svelte'),
  },
  {
    path: '/treasurer/cash',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/treasury/cash/CashPage.svelte'),
  },
  {
    path: '/treasurer/payouts',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/treasury/payouts/PayoutsPage.svelte'),
  },
  {
    path: '/treasurer/reconciliation',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/treasury/reconciliation/ReconciliationPage.svelte'),
  },
  {
    path: '/treasurer/reversals',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/treasury/ReversalsPage.svelte'),
  },
  {
    path: '/treasurer/papers',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/treasury/PapersPage.svelte'),
  },
  { path: '/maintainer', section: 'me', isPersonal: true, load: () => import('../features/hub/MaintainerPage.svelte') },
  {
    path: '/maintainer/sensors',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/garden/SensorsPage.svelte'),
  },
  { path: '/board', section: 'me', isPersonal: true, load: () => import('../features/members/BoardPage.svelte') },
  {
    path: '/officer',
    section: 'me',
    isPersonal: true,
    load: () => import('../features/officers/OfficerPage.svelte'),
  },
  { path: '/claim', section: 'me', load: () => import('../features/members/ClaimPage.svelte') },
  { path: '/demo', section: 'home', load: () => import('../features/demo/DemoPage.svelte') },
];

export const notFoundRoute: Route = {
  path: '/*',
  section: 'home',
  load: () => import('../features/home/NotFoundPage.svelte'),
};
