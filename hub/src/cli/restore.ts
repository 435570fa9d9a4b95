import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command, Context, Outcome } from './command.ts';
import { CliError, exit } from './exit-codes.ts';
import { putBack, type Restored } from './put-back.ts';
import { timeOf } from './text.ts';

export const restore: Command = {
  name: 'restore',
  argument: '<file>',
  summary: 'put a backup in place of the data folder’s databases; only while the hub is down',
  options: [
    { flags: '--replace', summary: 'move a building that lies there aside first; it is never deleted' },
    { flags: '--key-file <file>', summary: 'a file that holds the recovery key; without it the key is asked for' },
  ],
  more: `Nothing is touched before the backup has been opened and looked through. The hub that starts on it catches up with the
chain before it sends anything.`,
  async run(context, args): Promise<Outcome> {
    const keyFile = typeof args.keyFile === 'string' ? resolve(context.cwd, args.keyFile) : undefined;
    const restored = await putBack({
      dataDir: context.config.dataDir,
      file: resolve(context.cwd, String(args.file)),
      isReplacing: args.replace === true,
      recoveryCode: async () => (keyFile ? readFileSync(keyFile, 'utf8').trim() : await askForCode(context)),
    });
    return { value: restored, lines: linesOf(restored) };
  },
};

async function askForCode({ question }: Context): Promise<string> {
  const typed = await question('The recovery key of this building’s backups: ');
  if (typed === undefined) throw new CliError('This backup is sealed: name its key with --key-file.', exit.usage);
  return typed;
}

function linesOf(restored: Restored): string[] {
  return [
    `Restored ${restored.databases.join(' and ')} as of ${timeOf(restored.takenAtMs)} (schema ${restored.schemaVersion}).`,
    ...(restored.asideAt ? [`What lay there before is in ${restored.asideAt}`] : []),
    'Start the hub. It first reads from the chain what happened since, and sends nothing until then.',
    'Orders, deposits, PINs and devices that came after the backup are not in it: tell the treasurer and the members.',
    ...(restored.hasHubSecret
      ? []
      : [
          'This machine never held this building’s hub-secret: PINs open nothing here; members sign in with their recovery codes.',
        ]),
  ];
}
