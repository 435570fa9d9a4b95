import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { redactConfig } from '../config/index.ts';
import { describeBoard, describeDisk, describeLog, describeStore } from './bundle-parts.ts';
import type { Command, Context, Outcome } from './command.ts';
import { examine } from './doctor.ts';
import { hubHealth } from './hub-health.ts';
import { createRedactor } from './redactor.ts';
import { type TarEntry, tarGz } from './tar.ts';
import { sizeOf } from './text.ts';

const readme = `What “stoop bundle” gathered for whoever helps with this hub.

doctor.json   every check of “stoop doctor”, the line to the chain hop by hop among them
health.json   what the running hub says of itself; null while it is down
config.json   its settings
store.json    schema, result of the checks, rows per table
disk.json     free space and the sizes of what lies in the data folder
board.json    the machine
versions.json the hub, Node and what is in it
log.jsonl     the last lines of the log; fields that could speak of somebody are left out

No names of people, homes, devices or of the building, no PINs, codes, keys or tokens: they are taken out of every file.
Look through it before you send it.
`;

export const bundle: Command = {
  name: 'bundle',
  summary: 'gather what support needs into one file, without names, PINs, keys or tokens',
  options: [{ flags: '--to <file>', summary: 'instead of stoop-bundle-<time>.tar.gz here' }],
  more: 'Needs no running hub. Nothing is sent anywhere.',
  async run(context, args): Promise<Outcome> {
    const madeAtMs = Date.now();
    const name = `stoop-bundle-${new Date(madeAtMs).toISOString().slice(0, 19).replace(/[T:]/g, '-')}`;
    const path = resolve(context.cwd, typeof args.to === 'string' ? args.to : `${name}.tar.gz`);
    const entries = await gather(context);
    const bytes = tarGz(name, entries, madeAtMs);
    writeFileSync(path, bytes, { mode: 0o600, flag: 'wx' });
    const files = entries.map((entry) => entry.name);
    return {
      value: { file: path, bytes: bytes.length, files },
      lines: [`${path} (${sizeOf(bytes.length)})`, 'Look through it before you send it: tar -xzf'],
    };
  },
};

/** Everything goes through the redactor last, whatever it is. */
async function gather(context: Context): Promise<TarEntry[]> {
  const { config, root } = context;
  const redactor = createRedactor(config, root);
  const parts = {
    'doctor.json': await examine(context),
    'health.json': (await context.askIfUp(hubHealth)) ?? null,
    'config.json': redactConfig(config),
    'store.json': describeStore(config.dataDir),
    'disk.json': describeDisk(config.dataDir),
    'board.json': describeBoard(),
    'versions.json': { hub: context.version, ...context.runtime },
  };
  return [
    { name: 'README.txt', text: readme },
    ...Object.entries(parts).map(([name, part]) => ({
      name,
      text: redactor.text(`${JSON.stringify(part, null, 2)}\n`),
    })),
    {
      name: 'log.jsonl',
      text: describeLog(config.dataDir)
        .map((line) => `${redactor.logLine(line)}\n`)
        .join(''),
    },
  ];
}
