import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

export interface Elf {
  readonly machine: 'x86-64' | 'aarch64' | 'x86' | 'arm' | `machine ${number}`;
  /** The highest `GLIBC_` symbol version it needs, e.g. `2.28`; undefined when it needs none (static, musl, data only). */
  readonly glibc: string | undefined;
  /** The highest `GLIBCXX_` version of libstdc++ it needs. */
  readonly glibcxx: string | undefined;
  readonly isMusl: boolean;
}

const machines: Readonly<Record<number, Elf['machine']>> = { 3: 'x86', 40: 'arm', 62: 'x86-64', 183: 'aarch64' };
const segment = { load: 1, dynamic: 2 };
const tag = { needed: 1, stringTable: 5, versionsNeeded: 0x6ffffffe, versionsNeededCount: 0x6fffffff };

/** Orders `2.4` before `2.35`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * What an ELF file is built for and needs; undefined for any other file.
 * Goes by the program headers, as the loader does, so that stripped files read as well (System V ABI, chapter 5; LSB symbol versioning).
 */
export function readElf(path: string): Elf | undefined {
  if (!startsAsElf(path)) return undefined;
  const bytes = readFileSync(path);
  const is64 = bytes[4] === 2;
  const machineNumber = bytes.readUInt16LE(0x12);
  const machine = machines[machineNumber] ?? (`machine ${machineNumber}` as const);
  // 32-bit and big-endian files belong to no board of ours: their machine is all that matters.
  if (!is64 || bytes[5] !== 1) return { machine, glibc: undefined, glibcxx: undefined, isMusl: false };
  const { libraries, versions } = dynamicNeeds(bytes);
  const highest = (prefix: string) =>
    versions
      .filter((version) => version.startsWith(prefix) && /^\d/.test(version.slice(prefix.length)))
      .map((version) => version.slice(prefix.length))
      .toSorted(compareVersions)
      .at(-1);
  return {
    machine,
    glibc: highest('GLIBC_'),
    glibcxx: highest('GLIBCXX_'),
    isMusl: libraries.some((library) => library.includes('musl')),
  };
}

function startsAsElf(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(20);
    return readSync(file, head, 0, 20, 0) === 20 && head.readUInt32BE(0) === 0x7f454c46;
  } finally {
    closeSync(file);
  }
}

function dynamicNeeds(bytes: Buffer): { libraries: string[]; versions: string[] } {
  const number = (at: number) => Number(bytes.readBigUInt64LE(at));
  const headersAt = number(0x20);
  const [headerSize, headerCount] = [bytes.readUInt16LE(0x36), bytes.readUInt16LE(0x38)];
  const headers = Array.from({ length: headerCount }, (_, index) => {
    const at = headersAt + index * headerSize;
    return { type: bytes.readUInt32LE(at), offset: number(at + 8), address: number(at + 16), size: number(at + 32) };
  });
  const dynamic = headers.find((header) => header.type === segment.dynamic);
  if (dynamic === undefined) return { libraries: [], versions: [] };
  const offsetOf = (address: number) => {
    const home = headers.find((h) => h.type === segment.load && address >= h.address && address < h.address + h.size);
    return home === undefined ? address : address - home.address + home.offset;
  };
  const entries = Array.from({ length: Math.floor(dynamic.size / 16) }, (_, index) => {
    const at = dynamic.offset + index * 16;
    return { tag: number(at), value: number(at + 8) };
  });
  const entryOf = (wanted: number) => entries.find((entry) => entry.tag === wanted)?.value;
  const strings = offsetOf(entryOf(tag.stringTable) ?? 0);
  const text = (offset: number) => bytes.toString('latin1', strings + offset, bytes.indexOf(0, strings + offset));

  const versions: string[] = [];
  let needAt = offsetOf(entryOf(tag.versionsNeeded) ?? 0);
  for (let need = 0; need < (entryOf(tag.versionsNeededCount) ?? 0); need++) {
    let versionAt = needAt + bytes.readUInt32LE(needAt + 8);
    for (let index = 0; index < bytes.readUInt16LE(needAt + 2); index++) {
      versions.push(text(bytes.readUInt32LE(versionAt + 8)));
      versionAt += bytes.readUInt32LE(versionAt + 12);
    }
    needAt += bytes.readUInt32LE(needAt + 12);
  }
  return { libraries: entries.filter((entry) => entry.tag === tag.needed).map((entry) => text(entry.value)), versions };
}
