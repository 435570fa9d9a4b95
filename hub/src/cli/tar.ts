import { gzipSync } from 'node:zlib';

export interface TarEntry {
  readonly name: string;
  readonly text: string;
}

const block = 512;

/** A gzipped POSIX ustar archive of text files. Names are plain ASCII of at most 100 signs. */
export function tarGz(folder: string, entries: readonly TarEntry[], madeAtMs: number): Buffer {
  const parts = entries.flatMap(({ name, text }) => {
    const content = Buffer.from(text);
    const padding = Buffer.alloc((block - (content.length % block)) % block);
    return [headerOf(`${folder}/${name}`, content.length, madeAtMs), content, padding];
  });
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
}

/** IEEE Std 1003.1, pax, “ustar Interchange Format”. */
function headerOf(name: string, bytes: number, madeAtMs: number): Buffer {
  const header = Buffer.alloc(block);
  const octal = (value: number, length: number, at: number) =>
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'ascii');
  header.write(name, 0, 100, 'ascii');
  octal(0o600, 8, 100);
  octal(0, 8, 108);
  octal(0, 8, 116);
  octal(bytes, 12, 124);
  octal(Math.floor(madeAtMs / 1000), 12, 136);
  header.write('        ', 148, 'ascii');
  header.write('0', 156, 'ascii');
  header.write('ustar\0' + '00', 257, 'ascii');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return header;
}
