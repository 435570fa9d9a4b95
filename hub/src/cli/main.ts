import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
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

async function question(text: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(text, { signal: stopping.signal });
  } finally {
    terminal.close();
  }
}

process.exitCode = await runStoop(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  root,
  version,
  runtime: process.versions,
  signal: stopping.signal,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  question,
});
