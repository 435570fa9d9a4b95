import type { PeopleReport } from './people-process.ts';
import type { Tally } from './tally.ts';
import type { SettleVerdict } from './verdict/judge.ts';

const shown = 30;

export function linesOf(tally: Tally, { refused, unexpected }: PeopleReport): string[] {
  return [
    ...[...tally.byKind()].sort().map(([kind, count]) => `${kind.padEnd(32)} ${count}`),
    ...Object.entries(refused).map(([code, count]) => `refused ${code}: ${count}`),
    ...[...new Set(unexpected)].map((answer) => `unexpected answer: ${answer}`),
  ];
}

export function linesOfVerdict(verdict: SettleVerdict, tally: Tally): string[] {
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
    ...findings.slice(0, shown).map((finding) => `  ! ${finding}`),
    ...(more > 0 ? [`  ! and ${more} more`] : []),
  ];
}
