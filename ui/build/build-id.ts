import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Names the build after its content: `build.json` and a meta tag carry the id, and the service worker gets the id and the
 * list of files to keep. The same sources give the same id, so a rebuild without changes reloads nobody.
 */
export function buildId(): Plugin {
  let publicDir = '';
  return {
    name: 'stoop-build-id',
    apply: 'build',
    enforce: 'post',
    configResolved(config) {
      publicDir = config.publicDir;
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const id = idOf(Object.keys(bundle ?? {}));
        return html.replace('</title>', `</title>\n    <meta name="stoop-build" content="${id}" />`);
      },
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const hashed = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
        const id = idOf(Object.keys(bundle));
        this.emitFile({ type: 'asset', fileName: 'build.json', source: `${JSON.stringify({ buildId: id })}\n` });
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') throw new Error('the build has no service worker');
        const publicFiles = readdirSync(publicDir, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => relative(publicDir, join(entry.parentPath, entry.name)));
        const files = ['/', ...hashed, ...publicFiles].map((name) => (name === '/' ? name : `/${name}`));
        worker.code = worker.code
          .replace('__STOOP_BUILD__', id)
          .replace(/["'`]__STOOP_FILES__["'`]/, JSON.stringify(JSON.stringify(files.sort())));
      },
    },
  };
}

/** The hashed names stand for the content. */
function idOf(names: readonly string[]): string {
  const hashed = names.filter((name) => name.startsWith('assets/')).sort();
  return createHash('sha256').update(hashed.join('\n')).digest('hex').slice(0, 12);
}

/** The folder that the hub serves. */
export const distDir = join(import.meta.dirname, '..', 'dist');
