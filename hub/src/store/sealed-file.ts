import { createCipheriv, createDecipheriv, createHash, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, renameSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { syncFile, syncFolder } from '../platform/durable-file.ts';
import { fail } from '../platform/errors.ts';
import { type Recipient, unwrapWith, type WrappedKey, wrapFor } from './recovery-key.ts';

/**
 * A sealed file: magic, length of the header (u32, big-endian), the header as JSON, then the files of its list one after
 * the other in chunks, each AES-256-GCM under a key that depends on the header. A chunk's nonce is its number and
 * whether it is the last (the STREAM construction), so that chunks cannot be left out, exchanged or cut off.
 */
export interface SealedHeader {
  readonly version: 1;
  readonly madeAtMs: number;
  /** Of the hub that made it. */
  readonly hubVersion: string;
  readonly schemaVersion: number;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  readonly recipients: readonly WrappedKey[];
}

export type SealedFacts = Pick<SealedHeader, 'madeAtMs' | 'hubVersion' | 'schemaVersion'>;

const magic = Buffer.from('stoop sealed backup\n');
const chunkBytes = 65_536;
const tagBytes = 16;
const headerMaxBytes = 65_536;

/**
 * Seals the files to the recipient, under `path` only once it is whole and synced. Answers the content key: with it the
 * file can be opened again at once, to see that it can.
 */
export async function seal(
  path: string,
  recipient: Recipient,
  files: readonly { readonly name: string; readonly path: string }[],
  facts: SealedFacts,
): Promise<Buffer> {
  const contentKey = randomBytes(32);
  const header: SealedHeader = {
    version: 1,
    ...facts,
    files: files.map((file) => ({ name: file.name, bytes: statSync(file.path).size })),
    recipients: [wrapFor(recipient, contentKey)],
  };
  const head = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);

  async function* bytes(): AsyncGenerator<Buffer> {
    yield Buffer.concat([magic, length, head]);
    const key = payloadKey(contentKey, head);
    let held = Buffer.alloc(0);
    let index = 0;
    for (const file of files) {
      for await (const read of createReadStream(file.path)) {
        held = Buffer.concat([held, read as Buffer]);
        for (; held.length > chunkBytes; held = held.subarray(chunkBytes))
          yield closeChunk(key, index++, false, held.subarray(0, chunkBytes));
      }
    }
    yield closeChunk(key, index, true, held);
  }

  const partial = `${path}.partial`;
  try {
    await pipeline(Readable.from(bytes()), createWriteStream(partial, { mode: 0o600 }));
    syncFile(partial);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  renameSync(partial, path);
  syncFolder(dirname(path));
  return contentKey;
}

export async function isSealed(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    return (await readAt(file, 0, magic.length)).equals(magic);
  } finally {
    await file.close();
  }
}

/**
 * Opens a sealed file into `folder`, which it fills with the files of its list. Every byte is checked on the way: when
 * this throws, nothing of what lies in `folder` may be used. Throws `backup_damaged`, or `wrong_recovery_key` when it
 * was sealed to another key.
 */
export async function unseal(
  path: string,
  key: { readonly privateKey: KeyObject } | { readonly contentKey: Buffer },
  folder: string,
): Promise<SealedHeader> {
  const file = await open(path);
  try {
    const { header, head, at } = await readHeader(file, path);
    const contentKey = 'contentKey' in key ? key.contentKey : contentKeyOf(header, key.privateKey);
    const chunks = chunksOf(file, at, header, payloadKey(contentKey, head), path);
    await spread(chunks, header, folder, path);
    return header;
  } finally {
    await file.close();
  }
}

function contentKeyOf(header: SealedHeader, privateKey: KeyObject): Buffer {
  for (const one of header.recipients) {
    const contentKey = unwrapWith(privateKey, one);
    if (contentKey) return contentKey;
  }
  throw fail('wrong_recovery_key', { fingerprint: header.recipients.map((one) => one.fingerprint).join(', ') });
}

async function readHeader(file: FileHandle, path: string) {
  const start = await readAt(file, 0, magic.length + 4);
  if (start.length < magic.length + 4 || !start.subarray(0, magic.length).equals(magic))
    throw damaged(path, 'it is no sealed backup');
  const length = start.readUInt32BE(magic.length);
  if (length > headerMaxBytes) throw damaged(path, 'its header is too long');
  const head = await readAt(file, start.length, length);
  const header = parseHeader(head, path);
  return { header, head, at: start.length + length };
}

function parseHeader(head: Buffer, path: string): SealedHeader {
  let header: SealedHeader;
  try {
    header = JSON.parse(head.toString()) as SealedHeader;
  } catch (error) {
    throw damaged(path, 'its header cannot be read', error);
  }
  if (header.version !== 1) throw damaged(path, `it has the format ${header.version}, this hub knows 1`);
  // Names become paths.
  if (!header.files.every(({ name, bytes }) => /^[a-z]+\.db$/.test(name) && Number.isSafeInteger(bytes) && bytes >= 0))
    throw damaged(path, 'its list of files is not one');
  return header;
}

async function* chunksOf(
  file: FileHandle,
  start: number,
  header: SealedHeader,
  key: Buffer,
  path: string,
): AsyncGenerator<Buffer> {
  let left = header.files.reduce((sum, one) => sum + one.bytes, 0);
  let at = start;
  for (let index = 0; ; index++) {
    const size = Math.min(left, chunkBytes);
    const isLast = left <= chunkBytes;
    const sealed = await readAt(file, at, size + tagBytes);
    yield openChunk(key, index, isLast, sealed, path);
    at += size + tagBytes;
    left -= size;
    if (isLast) break;
  }
  if ((await readAt(file, at, 1)).length > 0) throw damaged(path, 'something was added at its end');
}

/** Cuts the stream of chunks into the files of the list, each synced. */
async function spread(chunks: AsyncGenerator<Buffer>, header: SealedHeader, folder: string, path: string) {
  let held = Buffer.alloc(0);
  for (const { name, bytes } of header.files) {
    const out = await open(join(folder, name), 'wx', 0o600);
    try {
      for (let left = bytes; left > 0; ) {
        if (held.length === 0) held = (await chunks.next()).value ?? Buffer.alloc(0);
        if (held.length === 0) throw damaged(path, 'it is too short');
        const part = held.subarray(0, left);
        await out.write(part);
        held = held.subarray(part.length);
        left -= part.length;
      }
      await out.sync();
    } finally {
      await out.close();
    }
  }
  // The end of the stream is checked too.
  if (held.length > 0 || !(await chunks.next()).done) throw damaged(path, 'it holds more than its list says');
  syncFolder(folder);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

const payloadKey = (contentKey: Buffer, head: Buffer): Buffer => {
  const salt = createHash('sha256').update(head).digest();
  return Buffer.from(hkdfSync('sha256', contentKey, salt, 'stoop backup payload v1', 32));
};

function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function closeChunk(key: Buffer, index: number, isLast: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, isLast));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openChunk(key: Buffer, index: number, isLast: boolean, sealed: Buffer, path: string): Buffer {
  if (sealed.length < tagBytes) throw damaged(path, 'it is too short');
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, isLast), { authTagLength: tagBytes });
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]);
  } catch (error) {
    throw damaged(path, `part ${index + 1} is not what was written`, error);
  }
}

const damaged = (file: string, reason: string, cause?: unknown) => fail('backup_damaged', { file, reason }, cause);
