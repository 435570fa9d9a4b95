import { pino } from 'pino';

/** The log is a part: rooms get it injected and never print. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(bindings: object): Log;
}

const secrets = [
  'pin',
  'password',
  'token',
  'recoveryCode',
  'privateKey',
  'cookie',
  'authorization',
  'secret',
  'claimCode',
];

/** JSON lines on `stream`; secrets by name are redacted at any of the first three levels. */
export function createLog(level: string, stream: NodeJS.WritableStream): Log {
  const paths = secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  return pino(
    { level, redact: { paths, censor: '[redacted]' } },
    (stream ?? pino.destination(2)) as never,
  ) as unknown as Log;
}

/** For tests that do not look at the log. */
export const silentLog: Log = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  child: () => silentLog,
};
