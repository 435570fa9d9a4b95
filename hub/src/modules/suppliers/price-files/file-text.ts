import type { Encoding } from './price-files.schema.ts';

/** Characters 0x80 to 0xFF of IBM code page 850, in which older wholesale programs write. */
const ibm850 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤' +
  'ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';

/** How the bytes are written: by their mark, else UTF-8 where they are, else the likelier of the two old code pages. */
export function guessEncoding(bytes: Uint8Array): Encoding {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'utf-16';
  if (isUtf8(bytes)) return 'utf-8';
  let isOld = 0;
  for (const byte of bytes) {
    // Letters with accents: below 0xA6 in 850, above 0xBF in 1252.
    if ((byte >= 0x80 && byte <= 0x90) || (byte >= 0x93 && byte <= 0x95) || (byte >= 0x97 && byte <= 0x9b)) isOld++;
    else if (byte >= 0xa0 && byte <= 0xa5) isOld++;
    else if (byte >= 0xc0) isOld--;
  }
  return isOld > 0 ? 'ibm850' : 'windows-1252';
}

/** The text of the bytes, or undefined when they are not of that encoding. */
export function textOf(bytes: Uint8Array, encoding: Encoding): string | undefined {
  if (encoding === 'ibm850') return fromIbm850(bytes);
  const label = encoding !== 'utf-16' ? encoding : bytes[0] === 0xfe ? 'utf-16be' : 'utf-16le';
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function fromIbm850(bytes: Uint8Array): string {
  const ascii = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return ascii.replace(/[\u0080-\u00ff]/g, (letter) => ibm850[letter.charCodeAt(0) - 0x80]!);
}
