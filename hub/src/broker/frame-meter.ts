import type { Socket } from 'node:net';

/**
 * Follows MQTT control packets over chunk borders without keeping a byte (MQTT 3.1.1, 2.2.3: one byte of type, then
 * one to four bytes of remaining length). Answers false at the first packet that is longer than `limitBytes`.
 */
export function createFrameMeter(limitBytes: number): (chunk: Uint8Array) => boolean {
  let isInLength = false;
  let length = 0;
  let shift = 0;
  let skip = 0;

  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (skip > 0) {
        const step = Math.min(skip, chunk.length - at);
        skip -= step;
        at += step;
      } else if (isInLength) {
        const byte = chunk[at++]!;
        length += (byte & 127) * 2 ** shift;
        shift += 7;
        if (length > limitBytes || shift > 28) return false;
        if (byte < 128) {
          skip = length;
          isInLength = false;
        }
      } else {
        at++;
        isInLength = true;
        length = 0;
        shift = 0;
      }
    }
    return true;
  };
}

/** Ends the connection before a packet that is too long is gathered in memory. */
export function guardFrames(socket: Socket, limitBytes: number, onTooLong: () => void): void {
  const accepts = createFrameMeter(limitBytes);
  const read = socket.read.bind(socket);
  socket.read = (size?: number): Buffer | null => {
    const chunk = read(size) as Buffer | null;
    if (chunk === null || accepts(chunk)) return chunk;
    onTooLong();
    socket.destroy();
    return null;
  };
}
