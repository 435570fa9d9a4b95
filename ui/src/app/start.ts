import { type Component, mount, type Snippet } from 'svelte';
import { createClient } from '../api/client.ts';
import type { Language } from '../messages/message.ts';
import { createText } from '../messages/text.svelte.ts';
import App from './App.svelte';
import type { App as Parts } from './app.ts';
import { createPageClock } from './clock.svelte.ts';
import { createDrafts } from './drafts.svelte.ts';
import { createGrants } from './grants.svelte.ts';
import { createHub } from './hub.svelte.ts';
import { createInstall } from './install.svelte.ts';
import { createKiosk } from './kiosk.svelte.ts';
import { createLive, onNouns } from './live.ts';
import { createNavigation } from './navigation.svelte.ts';
import { createSession, type Session } from './session.svelte.ts';
import { createTheme } from './theme.svelte.ts';
import { createUpdate } from './update.ts';

const LANGUAGE_KEY = 'stoop-language';
const HUB_EVERY_MS = 30_000;
const FONT_WITHIN_MS = 800;

/** Builds the page's parts, reads who and where we are, and shows the page. */
export async function startPage(win: Window): Promise<void> {
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const stopping = new AbortController();
  const clock = createPageClock();
  const client = createClient({
    fetch: win.fetch.bind(win),
    pause,
    onReached: (isReached) => hub.setReached(isReached),
  });
  const hub = createHub(client, clock);
  const text = createText(
    firstLanguage(win),
    () => clock.nowMs,
    (language) => {
      if (!session.isKiosk) win.localStorage.setItem(LANGUAGE_KEY, language);
    },
  );
  const navigation = createNavigation(win);
  const update = createUpdate({
    win,
    isFree: () => (session.isKiosk ? !session.member : win.document.visibilityState === 'hidden'),
  });
  const live = createLive({
    open: (url) => new EventSource(url),
    setTimer: setTimeout,
    onState(isLive) {
      hub.setLive(isLive);
      // Whether the hub is away is known by asking it, not by waiting for the next time.
      if (!isLive) readHub();
    },
    onBuild: update.onBuild,
  });
  const session = createSession({
    client,
    onOther(member) {
      live.restart();
      if (member) text.choose(member.language);
      else update.forgetAnswers();
    },
  });
  const parts: Parts = {
    client,
    clock,
    drafts: createDrafts(),
    grants: createGrants({ client, hasOwnWallet: () => session.member?.keyStorage === 'wallet', pause }),
    hub,
    install: createInstall(win),
    kiosk: createKiosk(),
    live,
    navigation,
    session,
    text,
    theme: createTheme(win.document.documentElement, win.localStorage),
  };

  const readHub = () => void hub.refresh().catch(() => undefined);
  const readMe = () => void session.refresh().catch(() => undefined);
  clock.start(stopping.signal);
  navigation.start(stopping.signal);
  live.listen(onNouns('hub'), readHub);
  live.listen(onNouns('me', 'member', 'session', 'device'), readMe);
  setInterval(readHub, HUB_EVERY_MS);

  await Promise.all([session.refresh(), hub.refresh(), fontIsHere(win)].map((step) => step.catch(() => undefined)));
  if (session.member) text.choose(session.member.language);
  const shell = await shellFor(session, win.document.documentElement);
  const target = win.document.getElementById('app');
  if (!target) throw new Error('the page has no #app');
  mount(App, { target, props: { parts, update, shell } });
  live.start(stopping.signal);
  await (session.isKiosk ? update.keepNothing() : update.keepOnPhone());
}

async function shellFor(session: Session, root: HTMLElement): Promise<Component<{ children: Snippet }>> {
  root.dataset.shell = session.isKiosk ? 'kiosk' : 'phone';
  const shell = session.isKiosk ? import('./shells/KioskShell.svelte') : import('./shells/PhoneShell.svelte');
  return (await shell).default;
}

/** Text must not change its shape after the first paint; a font that takes too long is not waited for. */
async function fontIsHere(win: Window): Promise<void> {
  const late = new Promise((resolve) => setTimeout(resolve, FONT_WITHIN_MS));
  await Promise.race([win.document.fonts.load('1rem "Atkinson Hyperlegible Next"'), late]);
}

function firstLanguage(win: Window): Language {
  const kept = win.localStorage.getItem(LANGUAGE_KEY) ?? win.navigator.language;
  return kept.startsWith('es') ? 'es' : 'en';
}
