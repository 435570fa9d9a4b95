import { createContext } from 'svelte';
import type { Client } from '../api/client.ts';
import type { Text } from '../messages/text.svelte.ts';
import type { PageClock } from './clock.svelte.ts';
import type { Drafts } from './drafts.svelte.ts';
import type { Grants } from './grants.svelte.ts';
import type { Hub } from './hub.svelte.ts';
import type { Install } from './install.svelte.ts';
import type { Kiosk } from './kiosk.svelte.ts';
import type { Live } from './live.ts';
import type { Navigation } from './navigation.svelte.ts';
import type { Session } from './session.svelte.ts';
import type { Theme } from './theme.svelte.ts';

/** What every component may use; made once in `start.ts`. */
export interface App {
  readonly client: Client;
  readonly clock: PageClock;
  readonly drafts: Drafts;
  readonly grants: Grants;
  readonly hub: Hub;
  readonly install: Install;
  readonly kiosk: Kiosk;
  readonly live: Live;
  readonly navigation: Navigation;
  readonly session: Session;
  readonly text: Text;
  readonly theme: Theme;
}

export const [getApp, setApp] = createContext<App>();
