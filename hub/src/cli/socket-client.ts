import { createConnection, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { catalogue, type ErrorCode, fail } from '../platform/errors.ts';
import type { Args } from './command.ts';
import { CliError, exit } from './exit-codes.ts';
import { type Answer, socketPathOf, withShortPath } from './socket.ts';

/** A hub that is busy answers late; one that hangs is no hub. */
const answerMs = 30_000;

/**
 * Asks the hub of this data folder. Answers undefined when none listens there (no socket, or one that a dead hub left).
 * Throws the hub's own error, or `CliError` when the socket is another user's.
 */
export async function askHub(
  dataDir: string,
  command: string,
  args: Args,
  withinMs: number = answerMs,
): Promise<{ readonly ok: unknown } | undefined> {
  const socket = await connect(dataDir);
  if (!socket) return undefined;
  socket.setTimeout(withinMs, () => socket.destroy(new CliError('The hub does not answer.', exit.tryAgain)));
  socket.write(`${JSON.stringify({ command, args })}\n`);
  const said = await text(socket);
  if (said === '') throw new CliError('The hub ended while it was asked.', exit.tryAgain);
  const answer = JSON.parse(said) as Answer;
  if ('ok' in answer) return answer;
  const { code, message } = answer.error;
  const exitCode = isKnown(code) ? undefined : exit.software;
  throw exitCode === undefined ? Object.assign(fail(code as ErrorCode), { message }) : new CliError(message, exitCode);
}

const isKnown = (code: string): boolean => code in catalogue;

async function connect(dataDir: string): Promise<Socket | undefined> {
  try {
    return await withShortPath(socketPathOf(dataDir), opened);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
    if (code !== 'EACCES') throw error;
    throw new CliError(
      'The hub’s socket belongs to another user: run this as that user, or with sudo.',
      exit.noPermission,
    );
  }
}

function opened(path: string): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const socket = createConnection(path, () => {
    socket.off('error', reject);
    resolve(socket);
  });
  socket.once('error', reject);
  return promise;
}
