import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { socketPathOf } from '../socket.ts';
import { sizeOf, spanOf, timeOf } from '../text.ts';
import { bad, type Check, type Finding, ok, warn } from './check.ts';

const heldMs = 50;

export const hub: Check = ({ hub: health }) => {
  if (!health) return [warn('hub', 'down', 'Start it: npm start, or systemctl start stoop')];
  const findings: Finding[] = [ok('hub', `up for ${spanOf(health.nowMs - health.startedAtMs)}`)];
  for (const { code, message, sinceMs } of health.faults)
    findings.push(bad(`fault ${code}`, `${message} (since ${timeOf(sinceMs)})`, 'See: stoop logs'));
  return findings;
};

/** Nothing may hold the main thread longer than 50 ms; the start itself does, so the 99th percentile counts. */
export const eventLoop: Check = ({ hub: health }) => {
  if (!health) return [];
  const { stoop_loop_delay_p99_ms: p99 = 0, stoop_loop_delay_max_ms: max = 0 } = health.metrics;
  const found = `99 % below ${p99.toFixed(0)} ms, longest ${max.toFixed(0)} ms`;
  if (p99 > heldMs) return [warn('event loop', found, 'Something holds the hub; send a bundle: stoop bundle')];
  return [ok('event loop', found)];
};

export const memory: Check = ({ hub: health }) => {
  if (!health) return [];
  const { heapUsedBytes: used, heapLimitBytes: limit } = health;
  const found = `${sizeOf(used)} of ${sizeOf(limit)} heap`;
  if (used > limit * 0.8) return [warn('memory', found, 'Restart the hub and send a bundle: stoop bundle')];
  return [ok('memory', found)];
};

export const socket: Check = ({ dataDir, hub: health }) => {
  const path = socketPathOf(dataDir);
  if (!existsSync(path)) return health ? [bad('socket', 'gone', 'Restart the hub.')] : [];
  const mode = statSync(path).mode & 0o777;
  if (mode !== 0o600) return [bad('socket', `mode ${mode.toString(8)}`, 'Others may command the hub: restart it.')];
  if (!health) return [ok('socket', 'left by a hub that is gone; the next one takes it over')];
  return [ok('socket', 'answers')];
};

/** Whoever reads these can try PINs, spend the gas, or pose as the hub. */
export const secrets: Check = ({ dataDir }) => {
  const names = ['hub-secret', 'relayer-key', 'tls/authority.pem', 'tls/leaf.pem', 'claim-code'];
  const open = names.filter((name) => {
    const found = statSync(join(dataDir, name), { throwIfNoEntry: false });
    return found !== undefined && (found.mode & 0o077) !== 0;
  });
  if (open.length === 0) return [ok('secrets', 'readable by the hub’s user alone')];
  return [bad('secrets', `others can read ${open.join(', ')}`, `chmod 600 in ${dataDir}`)];
};

export const page: Check = ({ context }) => {
  if (existsSync(join(context.root, 'ui/dist/index.html'))) return [ok('page', 'built')];
  return [bad('page', 'not built', 'npm start builds it')];
};
