import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';

const KIOSK_FIRST_LOAD_BYTES = 100_000;
const PHONE_ROUTE_BYTES = 60_000;
const uiDir = join(import.meta.dirname, '..');

describe('the built page', () => {
  const outDir = mkdtempSync(join(tmpdir(), 'stoop-page-'));
  let chunks: Rolldown.OutputChunk[] = [];
  before(async () => {
    const output = await build({ root: uiDir, logLevel: 'error', build: { outDir, emptyOutDir: true } });
    assert('output' in output);
    chunks = output.output.filter((file) => file.type === 'chunk');
  });
  after(() => rmSync(outDir, { recursive: true }));

  const read = (name: string) => readFileSync(join(outDir, name), 'utf8');
  const chunkOf = (module: string) => {
    const found = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(module));
    assert(found, `no chunk for ${module}`);
    return found;
  };
  /** A chunk with everything that it imports at once. */
  function closure(name: string, seen = new Set<string>()): Set<string> {
    if (seen.has(name)) return seen;
    seen.add(name);
    for (const each of chunks.find((chunk) => chunk.fileName === name)?.imports ?? []) closure(each, seen);
    return seen;
  }
  const zippedBytes = (names: Iterable<string>) =>
    [...names].reduce((sum, name) => sum + gzipSync(read(name), { level: 9 }).length, 0);
  const firstLoad = (shell: string, home: string) =>
    ['index.html', shell, home].reduce((seen, module) => closure(chunkOf(module).fileName, seen), new Set<string>());

  it('brings the kiosk its first view with at most 100 kB of script', () => {
    const bytes = zippedBytes(firstLoad('shells/KioskShell.svelte', 'kiosk/KioskHome.svelte'));
    assert(bytes <= KIOSK_FIRST_LOAD_BYTES, `${bytes} bytes`);
  });

  it('brings a phone each page with at most 60 kB more', () => {
    const loaded = firstLoad('shells/PhoneShell.svelte', 'home/HomePage.svelte');
    const pages = chunks.filter((chunk) => chunk.facadeModuleId?.endsWith('Page.svelte'));
    assert(pages.length >= 15);
    for (const page of pages) {
      const bytes = zippedBytes([...closure(page.fileName)].filter((name) => !loaded.has(name)));
      assert(bytes <= PHONE_ROUTE_BYTES, `${page.name}: ${bytes} bytes`);
    }
  });

  it('has nothing inline and nothing from outside, so a strict policy holds', () => {
    const html = read('index.html');
    assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc="\/assets\/)/);
    for (const [, url] of html.matchAll(/(?:src|href)="([^"]+)"/g)) assert.match(url ?? '', /^\/[^/]/);
    for (const chunk of chunks) assert.doesNotMatch(chunk.code, /\beval\(|new Function\(|style="/);
    for (const [, url = ''] of readSheet().matchAll(/url\(([^)]+)\)/g)) assert.match(url, /^["']?\/assets\//);
  });

  it('names its build in the page and beside it, by its content', () => {
    const { buildId } = JSON.parse(read('build.json')) as { buildId: string };
    assert.match(buildId, /^[0-9a-f]{12}$/);
    assert.match(read('index.html'), new RegExp(`<meta name="stoop-build" content="${buildId}"`));
    assert.match(read('sw.js'), new RegExp(`stoop-files-${buildId}`));
  });

  it('gives the service worker every file that the page can ask for', () => {
    const worker = read('sw.js');
    const hashed = readdirSync(join(outDir, 'assets')).map((name) => `/assets/${name}`);
    const pictures = readdirSync(join(outDir, 'goods')).map((name) => `/goods/${name}`);
    for (const file of [...hashed, ...pictures, '/manifest.webmanifest', '/icon.svg'])
      assert(worker.includes(file), file);
    assert.doesNotMatch(worker, /\bimport\b|\bexport\b|__STOOP/);
  });

  function readSheet(): string {
    const name = readdirSync(join(outDir, 'assets')).find((file) => file.endsWith('.css'));
    assert(name);
    return read(`assets/${name}`);
  }
});
