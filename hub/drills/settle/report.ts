import type { PeopleReport } from './people-process.ts';
import type { Tally } from './tally.ts';
import type { LaneVerdict, SettleVerdict } from './verdict/judge.ts';

const shown = 30;

export function linesOf(tally: Tally, { refused, unexpected }: PeopleReport): string[] {
  return [
    ...[...tally.byKind()].sort().map(([kind, count]) => `${kind.padEnd(32)} ${count}`),
    ...Object.entries(refused).map(([code, count]) => `refused ${code}: ${count}`),
    ...[...new Set(unexpected)].map((answer) => `unexpected answer: ${answer}`),
  ];
}

/** What was asked of every lane. */
export interface Aim {
  readonly intentsPerLane: number;
  readonly faultsPerLane: number;
}

export function linesOfVerdict(verdict: SettleVerdict, tally: Tally, aim: Aim): string[] {
  const rows = verdict.lanes.map(
    ({ lane, intents, final, void: given }) =>
      `${lane.padEnd(20)} ${String(intents).padStart(8)} ${String(final).padStart(8)} ${String(given).padStart(8)} ${String(tally.of(lane)).padStart(8)}`,
  );
  const findings = [
    ...verdict.lost.map((what) => `lost: ${what}`),
    ...verdict.doubled.map((what) => `doubled: ${what}`),
    ...verdict.stuck.map((what) => `stuck: ${what}`),
    ...verdict.wrong.map((what) => `wrong: ${what}`),
  ];
  const more = findings.length - shown;
  return [
    `${'lane'.padEnd(20)} ${['intents', 'final', 'void', 'faults'].map((word) => word.padStart(8)).join(' ')}`,
    ...rows,
    ...verdict.lanes.flatMap((lane) => belowOf(lane, tally.of(lane.lane), aim)),
    ...findings.slice(0, shown).map((finding) => `  ! ${finding}`),
    ...(more > 0 ? [`  ! and ${more} more`] : []),
  ];
}

function belowOf({ lane, intents }: LaneVerdict, faults: number, aim: Aim): string[] {
  const below = [
    ...(intents < aim.intentsPerLane ? [`${intents} of ${aim.intentsPerLane} intents`] : []),
    ...(faults < aim.faultsPerLane ? [`${faults} of ${aim.faultsPerLane} faults`] : []),
  ];
  return below.length > 0 ? [`  below: ${lane}: ${below.join(', ')}`] : [];
}
