import { resolve } from 'node:path';
import type { Recipient } from '../store/index.ts';
import type { Command, Outcome } from './command.ts';
import { CliError, exit } from './exit-codes.ts';
import { createRecoveryPaper, readRecipient, saveRecipient } from './recovery-paper.ts';
import { type Taken, takeBackup } from './take-backup.ts';
import { sizeOf } from './text.ts';

export const backup: Command = {
  name: 'backup',
  summary: 'copy the building’s data, sealed to the recovery key; the hub may run meanwhile',
  options: [
    { flags: '--to <folder>', summary: 'put it there (a stick, another disk) instead of the data folder’s “backups”' },
    { flags: '--all', summary: 'with the measurements, not only people and money' },
    { flags: '--new-recovery-key', summary: 'make the key that opens backups, print it once, then back up' },
  ],
  more: `A backup holds people, money and orders. It never holds the keys of this machine: what seals the members' keys, what
pays for gas, what the certificates are made with. On another machine members therefore need their recovery codes.
Without a recovery key the copy stays in the data folder, unsealed.`,
  async run(context, args): Promise<Outcome> {
    const { dataDir } = context.config;
    const to = typeof args.to === 'string' ? resolve(context.cwd, args.to) : undefined;
    const former = readRecipient(dataDir);
    const paper = args.newRecoveryKey ? createRecoveryPaper() : undefined;
    const recipient = paper?.recipient ?? former;
    if (to && !recipient)
      throw new CliError(
        'A backup leaves this machine sealed only. Make the key first: stoop backup --new-recovery-key',
        exit.config,
      );
    const taken = await takeBackup({
      dataDir,
      to,
      withTelemetry: args.all === true,
      recipient,
      hubVersion: context.version,
    });
    if (paper) saveRecipient(dataDir, paper.recipient);
    return {
      value: { ...taken, ...(paper && { recoveryCode: paper.code }) },
      lines: [...(paper ? paperLines(paper.code, paper.recipient, former) : []), ...takenLines(taken)],
    };
  },
};

function paperLines(code: string, { fingerprint }: Recipient, former: Recipient | undefined): string[] {
  return [
    'The recovery key of this building’s backups. It is shown once and kept nowhere on this machine:',
    '',
    `    ${code}`,
    '',
    `Write it on paper twice, with “Stoop backups, ${fingerprint}”, and keep the papers in two places.`,
    'Whoever has it and a backup can read everything in it; without it no backup can be opened.',
    ...(former ? [`Backups made until now still need the former key, ${former.fingerprint}.`] : []),
    '',
  ];
}

function takenLines(taken: Taken): string[] {
  return [
    `${taken.file} (${sizeOf(taken.bytes)})`,
    taken.isSealed
      ? `Sealed to ${taken.fingerprint}; opened again and looked through: it can be restored.`
      : 'Looked through: it can be restored. It is not sealed; make a key with: stoop backup --new-recovery-key',
    ...(taken.isElsewhere
      ? []
      : ['It lies on the same disk as the building: only one copy exists. Copy it elsewhere, or use --to.']),
  ];
}
