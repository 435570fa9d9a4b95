/// <reference lib="webworker" />
/** Lets the page open without the hub: this build's files, and the last known answers with their age. */
const worker = self as WorkerGlobalScope as ServiceWorkerGlobalScope;

const FILES_CACHE = 'stoop-files-__STOOP_BUILD__';
const ANSWERS_CACHE = 'stoop-answers';
const files = JSON.parse('__STOOP_FILES__') as string[];

/** Only these are kept for reading without the hub; what officers see is not. */
const KEPT_ANSWERS = /^\/api\/(hub|me|orders(\/[^/]+)?|readings(\/[^/]+\/[^/]+)?|money|suppliers|goods|devices\/mine)$/;
const STORED_AT = 'x-stoop-stored-at';
const MOST_ANSWERS = 200;
const PAGE_WITHIN_MS = 3000;

worker.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(FILES_CACHE)
      .then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: 'reload' }))))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(dropOldBuilds().then(() => worker.clients.claim()));
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (request.mode === 'navigate') {
    if (!/^\/(trust|api|health|metrics)(\/|$)/.test(url.pathname)) event.respondWith(pageFor(request));
  } else if (KEPT_ANSWERS.test(url.pathname)) event.respondWith(answerFor(request));
  else if (files.includes(url.pathname)) event.respondWith(fileFor(request));
});

async function dropOldBuilds(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith('stoop-files-') && name !== FILES_CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The hub's page when it answers soon, else the one that was kept. */
async function pageFor(request: Request): Promise<Response> {
  const kept = await caches.match('/', { cacheName: FILES_CACHE });
  if (!kept) return fetch(request);
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PAGE_WITHIN_MS));
  return Promise.race([fetch(request).catch(() => kept), late]);
}

async function fileFor(request: Request): Promise<Response> {
  return (await caches.match(request, { cacheName: FILES_CACHE, ignoreVary: true })) ?? fetch(request);
}

/** Always the hub's own answer when there is one; without the hub the last one, marked with its time. */
async function answerFor(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.ok) await keep(request, response.clone());
    return response;
  } catch (error) {
    const kept = await caches.match(request, { cacheName: ANSWERS_CACHE, ignoreVary: true });
    if (!kept) throw error;
    return kept;
  }
}

async function keep(request: Request, response: Response): Promise<void> {
  const headers = new Headers(response.headers);
  headers.set(STORED_AT, String(Date.now()));
  const cache = await caches.open(ANSWERS_CACHE);
  await cache.put(request, new Response(await response.blob(), { status: 200, headers }));
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST_ANSWERS)).map((key) => cache.delete(key)));
}
