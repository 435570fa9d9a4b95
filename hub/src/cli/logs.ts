import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, Context, Outcome } from './command.ts';
import { CliError, exit } from './exit-codes.ts';
import { followLines, lastLines } from './log-file.ts';
import { timeOf } from './text.ts';

/** Pino's numbers. */
const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const;

export const logFileOf = (dataDir: string): string => join(dataDir, 'hub.log');

export const logs: Command = {
  name: 'logs',
  summary: 'the hub’s log, newest last',
  options: [
    { flags: '-n, --lines <count>', summary: 'how many lines (100)' },
    { flags: '-f, --follow', summary: 'go on until Ctrl-C' },
    { flags: '--level <level>', summary: 'debug, info, warn or error, and what is worse' },
  ],
  more: 'With --json every line is the hub’s own JSON. Under systemd the log is in the journal: journalctl -u stoop',
  async run(context, args): Promise<Outcome> {
    const path = logFileOf(context.config.dataDir);
    const count = countOf(args.lines);
    const least = levelOf(args.level);
    if (!existsSync(path)) throw new CliError(`There is no ${path}. Under systemd: journalctl -u stoop`, exit.noInput);
    const give = (line: string) => print(context, line, least);
    if (args.follow) await followLines(path, count, context.signal, give);
    else for (const line of lastLines(path, count)) give(line);
    return { value: undefined, lines: [] };
  },
};

function countOf(text: unknown): number {
  if (text === undefined) return 100;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 1_000_000)
    throw new CliError('--lines must be a number from 1 to 1000000.', exit.usage);
  return count;
}

function levelOf(text: unknown): number {
  if (text === undefined) return 0;
  const level = levels[text as keyof typeof levels];
  if (level === undefined) throw new CliError('--level must be debug, info, warn or error.', exit.usage);
  return level;
}

export interface LogLine {
  readonly level: number;
  readonly time: number;
  readonly msg?: string;
  readonly room?: string;
  readonly err?: { readonly message?: string; readonly stack?: string; readonly type?: string; readonly code?: string };
  readonly [field: string]: unknown;
}

/** Undefined for what is no line of the hub's logger: a crash's last words. */
export function parseLogLine(line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const parsed = JSON.parse(line) as LogLine;
    return typeof parsed.level === 'number' && typeof parsed.time === 'number' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function print({ isJson, print: say }: Context, line: string, least: number): void {
  const parsed = parseLogLine(line);
  if (parsed && parsed.level < least) return;
  if (isJson) say(parsed ? line : JSON.stringify({ msg: line }));
  else say(parsed ? textOf(parsed) : line);
}

function textOf({ level, time, msg = '', room, err, pid, hostname, ...fields }: LogLine): string {
  const name = Object.entries(levels).find(([, number]) => number === level)?.[0] ?? String(level);
  const rest = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const trouble = err?.stack ?? err?.message;
  return [
    timeOf(time),
    name.padEnd(5),
    ...(room ? [`[${room}]`] : []),
    msg,
    ...rest,
    ...(trouble ? [`\n  ${trouble.replaceAll('\n', '\n  ')}`] : []),
  ].join(' ');
}
