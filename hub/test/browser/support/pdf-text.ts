import { inflateSync } from 'node:zlib';

/**
 * The words of a PDF whose letters are Windows-1252, in the order in which they are drawn, a line per piece of text. Throws when
 * it is none, or when nothing is written in it.
 */
export function pdfText(pdf: Uint8Array): string {
  const bytes = Buffer.from(pdf).toString('latin1');
  if (!bytes.startsWith('%PDF-') || !bytes.trimEnd().endsWith('%%EOF')) throw new Error('that is no whole PDF');
  const lines: string[] = [];
  for (const [, stream] of bytes.matchAll(/FlateDecode.*?stream\n(.*?)\nendstream/gs)) {
    const drawn = inflateSync(Buffer.from(stream!, 'latin1')).toString('latin1');
    for (const [, pieces] of drawn.matchAll(/\[([^\]]*)\] TJ/g)) {
      const letters = [...pieces!.matchAll(/<([0-9a-f]*)>/g)].map(([, hex]) => Buffer.from(hex!, 'hex'));
      lines.push(new TextDecoder('windows-1252').decode(Buffer.concat(letters)));
    }
  }
  if (lines.length === 0) throw new Error('nothing is written in that PDF');
  return lines.join('\n');
}
