import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../config/index.ts';
import { databases } from './data-folder.ts';
import { namesIn, secretsIn } from './known-words.ts';
import { parseLogLine } from './logs.ts';

export interface Redactor {
  /** Any text: what this building calls its people, and what looks like a key, goes. */
  text(text: string): string;
  /** A line of the log: only fields that are known to say nothing of anybody stay. */
  logLine(line: string): string;
}

/** Fields of log lines that name parts of the hub, never people; numbers and truth values stay anyway. */
const plainFields = new Set([
  'msg',
  'room',
  'code',
  'part',
  'lane',
  'carrier',
  'job',
  'method',
  'noun',
  'action',
  'outcome',
  'type',
  'state',
  'signal',
]);

const looksLikeSecret: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [\s\S]*?-----END [^-]*-----/g, '[pem]'],
  [/\b(?:0x)?[0-9a-fA-F]{32,}\b/g, '[hex]'],
  [/\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){1,6}\b/g, '[code]'],
  // Tokens are base64url of 16 bytes and more: letters of both cases with digits among them, or very long.
  [/\b(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{22,}/g, '[token]'],
  [/\b(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{40,}/g, '[token]'],
  [/[\w.+-]+@[\w-]+\.[\w.]+/g, '[mail]'],
  [/\b(pin|password|token|secret)(["']?\s*[:=]\s*["']?)[^\s"',}]+/gi, '$1$2[redacted]'],
  [/\bpin\b(\W{0,3})\d{4,8}\b/gi, 'pin$1[redacted]'],
];

const wordMin = 3;

/** Knows the building's own names from its settings and its store, which may also be unreadable. */
export function createRedactor(config: Config, root: string): Redactor {
  const paths: [string, string][] = [
    [config.dataDir, '<data>'],
    [root, '<hub>'],
    [homedir(), '~'],
  ];
  const names = new Map<string, string>();
  const add = (label: string, values: readonly string[]) => {
    for (const value of values) if (value.length >= wordMin) names.set(value.toLowerCase(), label);
  };
  // A person is also called by one of their names; a number alone is nobody.
  const words = (values: readonly string[]) =>
    values.flatMap((value) => [value, ...value.split(/[\s,()]+/)]).filter((word) => !/^\d+$/.test(word));
  add('[building]', [config.building.name]);
  add('[host]', [`${config.building.mdnsName}.local`, hostname(), ...config.https.names]);
  add('[user]', [userInfo().username]);
  add('[secret]', secretsIn(config));
  const known = namesIn(join(config.dataDir, databases.store));
  add('[name]', words(known ?? []));
  // Whole names before their words.
  const longestFirst = [...names.keys()]
    .sort((a, b) => b.length - a.length)
    .map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const named =
    longestFirst.length > 0
      ? new RegExp(`(?<![\\p{L}\\p{N}])(?:${longestFirst.join('|')})(?![\\p{L}\\p{N}])`, 'giu')
      : undefined;

  function text(input: string): string {
    let out = input;
    for (const [path, label] of paths) if (path.length > 1) out = out.replaceAll(path, label);
    if (named) out = out.replace(named, (found) => names.get(found.toLowerCase()) ?? '[name]');
    for (const [pattern, label] of looksLikeSecret) out = out.replace(pattern, label);
    return out;
  }

  return {
    text,
    logLine(line) {
      const parsed = parseLogLine(line);
      // Nobody knows who is named in it.
      if (!known)
        return JSON.stringify({ level: parsed?.level, time: parsed?.time, room: parsed?.room, code: parsed?.code });
      if (!parsed) return text(line);
      const { level, time, err, pid, hostname: host, ...fields } = parsed;
      const kept = Object.entries(fields).map(([key, value]) => [key, isPlain(key, value) ? value : '[left out]']);
      const trouble = err && { type: err.type, code: err.code, message: err.message, stack: err.stack };
      return text(JSON.stringify({ level, time, ...Object.fromEntries(kept), ...(trouble && { err: trouble }) }));
    },
  };
}

const isPlain = (key: string, value: unknown): boolean =>
  typeof value === 'boolean' ||
  (typeof value === 'number' && !/pin|code/i.test(key)) ||
  (typeof value === 'string' && plainFields.has(key));
