import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pageHeaders } from './headers.ts';

const compress = promisify(gzip);

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.ico': 'image/x-icon',
  '.mp3': 'audio/mpeg',
};

/** Vite puts the content's hash before the ending: such a file never changes. */
const hashed = /^\/assets\/.+-[\w-]{8}\.\w+$/;
const streamAboveBytes = 1 << 20;

interface StaticFile {
  readonly path: string;
  readonly type: string;
  readonly bytes: number;
  readonly etag: string;
  readonly isImmutable: boolean;
  readonly isText: boolean;
}

export interface StaticFiles {
  /** The id that the build gave itself in `build.json`; the last known while a new build is being written. */
  buildId(): string | undefined;
  /** Answers when there is such a file. */
  send(path: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | undefined;
}

function scan(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const type = types[extname(entry.name)] ?? 'application/octet-stream';
    const { size, mtimeMs } = statSync(path);
    const url = `/${relative(folder, path).split(sep).join('/')}`;
    files.set(url, {
      path,
      type,
      bytes: size,
      etag: `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`,
      isImmutable: hashed.test(url),
      isText: type.includes('charset'),
    });
  }
  return files;
}

function readBuildId(folder: string): string | undefined {
  try {
    const { buildId } = JSON.parse(readFileSync(join(folder, 'build.json'), 'utf8')) as { buildId?: unknown };
    return typeof buildId === 'string' ? buildId : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The built page from `folder`. Only what a scan of the folder found is ever opened, so no address leads out of it.
 * Text up to 1 MB is compressed once and kept; the folder is read again when its index.html changes.
 */
export function createStaticFiles(folder: string): StaticFiles {
  const index = join(folder, 'index.html');
  let files = new Map<string, StaticFile>();
  let zipped = new Map<string, Promise<Buffer>>();
  let indexAtMs: number | undefined;
  let build: string | undefined;

  function refresh(): void {
    const atMs = statSync(index, { throwIfNoEntry: false })?.mtimeMs;
    if (atMs === indexAtMs) return;
    indexAtMs = atMs;
    zipped = new Map();
    files = atMs === undefined ? new Map() : scan(folder);
    build = readBuildId(folder) ?? build;
  }

  function zip(url: string, file: StaticFile): Promise<Buffer> {
    const kept = zipped.get(url) ?? compress(readFileSync(file.path), { level: 9 });
    zipped.set(url, kept);
    return kept;
  }

  async function answer(url: string, file: StaticFile, request: FastifyRequest, reply: FastifyReply) {
    const takesGzip = file.isText && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const etag = takesGzip ? file.etag.replace(/"$/, '-gz"') : file.etag;
    reply.headers(pageHeaders).type(file.type).header('etag', etag);
    reply.header('cache-control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
    if (file.isText) reply.header('vary', 'accept-encoding');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    if (file.bytes > streamAboveBytes) {
      return reply.header('content-length', file.bytes).send(createReadStream(file.path));
    }
    if (takesGzip) return reply.header('content-encoding', 'gzip').send(await zip(url, file));
    return reply.send(readFileSync(file.path));
  }

  return {
    buildId: () => {
      refresh();
      return build;
    },
    send: (url, request, reply) => {
      refresh();
      const file = files.get(url);
      return file === undefined ? undefined : answer(url, file, request, reply);
    },
  };
}
