import { existsSync } from 'node:fs';
import { elsewhere, nightly, trial } from './checks/backups.ts';
import { chainLine } from './checks/chain-line.ts';
import { bad, type Check, type Finding, type Patient } from './checks/check.ts';
import { clock, restored, space, store, telemetry } from './checks/data.ts';
import { certificate, ports } from './checks/network.ts';
import { outside } from './checks/outside.ts';
import { eventLoop, hub, memory, page, secrets, socket } from './checks/running.ts';
import type { Command, Context, Outcome } from './command.ts';
import { CliError, exit } from './exit-codes.ts';
import { hubHealth } from './hub-health.ts';

const checks: readonly Check[] = [
  hub,
  socket,
  page,
  ports,
  certificate,
  space,
  store,
  telemetry,
  clock,
  secrets,
  restored,
  nightly,
  trial,
  elsewhere,
  chainLine,
  outside,
  eventLoop,
  memory,
];

/** Every check, in a fixed order; one that breaks is a finding too. */
export async function examine(context: Context): Promise<Finding[]> {
  const { dataDir } = context.config;
  if (!existsSync(dataDir)) throw new CliError(`There is no data folder ${dataDir}.`, exit.noInput);
  const patient: Patient = { context, dataDir, hub: await context.askIfUp(hubHealth) };
  const found = await Promise.all(checks.map((check) => look(check, patient)));
  return found.flat();
}

async function look(check: Check, patient: Patient): Promise<Finding[]> {
  try {
    return await check(patient);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [bad(check.name, `could not be looked at: ${message}`, 'Run it as the hub’s user, or with sudo.')];
  }
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'look everything over and say what to do; changes nothing, needs no running hub',
  more: 'Ends with 1 when something has failed; warnings alone end with 0.',
  async run(context): Promise<Outcome> {
    const findings = await examine(context);
    const failed = findings.filter(({ level }) => level === 'fail').length;
    const warned = findings.filter(({ level }) => level === 'warn').length;
    return {
      value: { findings, failed, warned },
      lines: [...findings.flatMap(linesOf), '', `${failed} failed, ${warned} to look at, ${findings.length} checked`],
      exitCode: failed > 0 ? exit.failed : exit.ok,
    };
  },
};

const linesOf = ({ check, level, found, advice }: Finding): string[] => [
  `${level.padEnd(4)}  ${check}: ${found}`,
  ...(advice ? [`      → ${advice}`] : []),
];
