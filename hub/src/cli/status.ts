import type { Fault } from '../platform/faults.ts';
import type { LineState } from '../platform/ports/index.ts';
import type { BackupState } from './backup-state.ts';
import type { Command, HubCommand } from './command.ts';
import { exit } from './exit-codes.ts';
import { askRoute } from './routes.ts';
import { spanOf, timeOf } from './text.ts';

export interface HubStatus {
  readonly name: string;
  readonly isDemo: boolean;
  readonly isClaimed: boolean;
  readonly startedAtMs: number;
  readonly nowMs: number;
  readonly isClockTrusted: boolean;
  readonly clockSaysMs?: number;
  readonly isOnline: boolean;
  readonly waitingCount: number;
  readonly waitingSinceMs?: number;
  readonly faults: readonly Fault[];
  readonly addresses: { readonly http: string; readonly https?: string; readonly lan: readonly string[] };
  readonly schemaVersion: number;
  readonly backups: BackupState;
  readonly line: LineState;
}

/** What the page is told about the hub, and where it listens. */
export const hubStatus: HubCommand<HubStatus> = {
  name: 'status',
  run: async (building, _, hub) => ({
    ...(hub.state() as Omit<HubStatus, 'nowMs' | 'addresses' | 'schemaVersion' | 'backups' | 'line'>),
    nowMs: building.clockTrust.clock.nowMs(),
    addresses: hub.web.addresses(),
    schemaVersion: building.store.version,
    backups: await askRoute<BackupState>(building, 'GET', '/api/backups'),
    line: building.chain.state(),
  }),
};

export const status: Command = {
  name: 'status',
  summary: 'what runs, what is wrong, and what waits to be recorded',
  more: 'Ends with 1 when the hub has a fault, with 69 when no hub answers.',
  async run({ ask }) {
    const value = await ask(hubStatus);
    return { value, lines: linesOf(value), exitCode: value.faults.length > 0 ? exit.failed : exit.ok };
  },
};

function linesOf(hub: HubStatus): string[] {
  const { addresses, nowMs } = hub;
  const addressList = [...new Set([addresses.http, ...(addresses.https ? [addresses.https] : []), ...addresses.lan])];
  return [
    `${hub.name}${hub.isDemo ? ' (demonstration)' : ''}: up for ${spanOf(nowMs - hub.startedAtMs)}`,
    `Pages:    ${addressList.join('  ')}`,
    `Claimed:  ${hub.isClaimed ? 'yes' : 'no; “stoop claim” prints the code'}`,
    `Time:     ${timeOf(hub.clockSaysMs ?? nowMs)}${hub.isClockTrusted ? '' : ', not trusted: nothing closes until a coordinator confirms it'}`,
    ...lineWords(hub),
    `Waiting:  ${hub.waitingCount === 0 ? 'nothing' : `${hub.waitingCount} to be recorded, the oldest since ${spanOf(nowMs - (hub.waitingSinceMs ?? nowMs))}`}`,
    `Backups:  ${backupsLine(hub)}`,
    ...(hub.faults.length === 0 ? ['Faults:   none'] : hub.faults.map(faultLine)),
  ];
}

/** How the line is, in as many lines as it needs. */
export function lineWords({ isOnline, line, nowMs }: Pick<HubStatus, 'isOnline' | 'line' | 'nowMs'>): string[] {
  const { offlineSinceMs, offlineBecause = 'line', hubClockAheadMs, endpoints } = line;
  const serving = endpoints.findIndex((one) => one.isServing);
  const through =
    endpoints.length > 1 ? ` through ${endpoints[serving]?.name} (${serving + 1} of ${endpoints.length})` : '';
  const since = offlineSinceMs === undefined ? '' : ` for ${spanOf(nowMs - offlineSinceMs)}`;
  return [
    `Chain:    ${isOnline ? `connected${through}` : `${awayWords[offlineBecause]}${since}; everything goes on here and is recorded later`}`,
    ...endpoints
      .filter(({ verdict }) => verdict !== undefined && verdict !== 'good')
      .map(({ name, verdict, reason, breaker, pauseLeftMs = 0 }) => {
        const next = isOnline && breaker === 'open' ? `, asked again in ${spanOf(pauseLeftMs)}` : '';
        return `Endpoint: ${name}: ${verdict}${reason ? `, ${reason}` : ''}${next}`;
      }),
    ...(hubClockAheadMs === undefined ? [] : [`Clock:    ${clockWords(hubClockAheadMs)}`]),
  ];
}

const awayWords = { line: 'away', stale: 'stands still', behind: 'lags behind' } as const;

export const clockWords = (aheadMs: number): string =>
  `the hub’s clock is ${spanOf(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the chain’s and the endpoint’s`;

const faultLine = ({ code, message, sinceMs }: Fault): string =>
  `Fault:    ${message} (${code}, since ${timeOf(sinceMs)})`;

function backupsLine({ backups, nowMs, isDemo }: HubStatus): string {
  const { newestAtMs, trial, isOnlyCopy } = backups;
  if (newestAtMs === undefined) return 'none yet; the hub makes one at night';
  const tried = trial
    ? `restored on trial ${timeOf(trial.triedAtMs)}: ${trial.problems.length === 0 ? 'sound' : trial.problems.join('; ')}`
    : 'none restored on trial yet';
  const only = isOnlyCopy && !isDemo ? '; only one copy exists: stoop backup --to <folder>' : '';
  return `the newest ${spanOf(nowMs - newestAtMs)} old, ${tried}${only}`;
}
