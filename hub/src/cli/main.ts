import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStoop } from './program.ts';

const root = join(import.meta.dirname, '../../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
// `stoop logs | head` is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  stopping.abort();
});

process.exitCode = await runStoop(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  root,
  version,
  signal: stopping.signal,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
