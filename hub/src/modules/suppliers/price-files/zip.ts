import { inflateRawSync } from 'node:zlib';

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const endLeast = 22;
const commentMost = 65_535;

export const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3;

/**
 * Opens a ZIP archive (APPNOTE 6.3, stored and deflated entries, no encryption, no ZIP64). The answer reads one entry, or
 * is undefined for a name that it does not hold. Throws for anything else, and beyond `largest` bytes.
 */
export function openZip(bytes: Uint8Array, largest: number): (name: string) => Buffer | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = entriesOf(file);
  return (name) => {
    const entry = entries.get(name);
    if (!entry) return undefined;
    const { at, packed, method } = entry;
    const start = at + 30 + file.readUInt16LE(at + 26) + file.readUInt16LE(at + 28);
    const content = file.subarray(start, start + packed);
    if (method === 0) return content;
    if (method !== 8) throw new Error(`zip: method ${method} is not read`);
    return inflateRawSync(content, { maxOutputLength: largest });
  };
}

function entriesOf(file: Buffer): Map<string, { at: number; packed: number; method: number }> {
  const from = Math.max(0, file.length - endLeast - commentMost);
  const end = file.subarray(from).lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || file.readUInt32LE(from + end) !== endMark) throw new Error('zip: has no end');
  const count = file.readUInt16LE(from + end + 10);
  let at = file.readUInt32LE(from + end + 16);
  const entries = new Map<string, { at: number; packed: number; method: number }>();
  for (let index = 0; index < count; index++) {
    if (file.readUInt32LE(at) !== entryMark) throw new Error('zip: has a broken directory');
    if ((file.readUInt16LE(at + 8) & 1) === 1) throw new Error('zip: is encrypted');
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.toString('utf8', at + 46, at + 46 + nameLength);
    entries.set(name, {
      at: file.readUInt32LE(at + 42),
      packed: file.readUInt32LE(at + 20),
      method: file.readUInt16LE(at + 10),
    });
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
  }
  return entries;
}
