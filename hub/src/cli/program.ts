import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command as Commander, CommanderError } from 'commander';
import { type Config, loadConfig } from '../config/index.ts';
import type { Args, Command, Context, HubCommand, Outcome } from './command.ts';
import { commands } from './commands.ts';
import { exit, exitCodeOf, hubDown } from './exit-codes.ts';
import { askHub } from './socket-client.ts';

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The repository. */
  readonly root: string;
  readonly version: string;
  readonly runtime: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  out(text: string): void;
  err(text: string): void;
  /** Undefined when there is no terminal to ask at. */
  question(text: string): Promise<string | undefined>;
}

const codes = `
Exit codes:
  0 done   1 a check failed   64 wrong use   65 damaged data   66 no such file   69 no hub answers   70 a fault of stoop
  73 cannot write   75 busy, try again   77 not permitted, or the wrong key   78 wrong settings`;

/** Runs one command line (without node and script) and answers the exit code. */
export async function runStoop(argv: readonly string[], around: Surroundings): Promise<number> {
  let exitCode: number = exit.ok;
  const program = new Commander('stoop')
    .description('Keeps the hub of a building: its state, its backups, its log.')
    .version(around.version)
    .addHelpText('after', codes)
    .configureOutput({ writeOut: around.out, writeErr: around.err })
    .exitOverride();
  for (const command of commands) {
    add(program, command, async (args) => {
      exitCode = await perform(command, args, around);
    });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version come this way too.
    return error.exitCode === 0 ? exit.ok : exit.usage;
  }
  return exitCode;
}

function add(program: Commander, command: Command, action: (args: Args) => Promise<void>): void {
  const names = command.name.split(' ');
  const last = names.pop()!;
  const parent = names.reduce((at, name) => at.commands.find((one) => one.name() === name) ?? group(at, name), program);
  const made = parent.command(command.argument ? `${last} ${command.argument}` : last).summary(command.summary);
  made.description(`${command.summary[0]!.toUpperCase()}${command.summary.slice(1)}.`);
  for (const { flags, summary } of command.options ?? []) made.option(flags, summary);
  made
    .option('--json', 'one JSON value instead of text')
    .option('--data <folder>', 'the data folder of the building')
    .option('--config <file>', 'its settings, stoop.toml')
    .addHelpText('after', `${command.more ? `\n${command.more}\n` : ''}${codes}`);
  made.action(async () => {
    const argument = made.registeredArguments[0];
    await action({ ...made.opts<Args>(), ...(argument && { [argument.name()]: made.processedArgs[0] }) });
  });
}

const group = (at: Commander, name: string): Commander => at.command(name).summary('see its own --help');

async function perform(command: Command, args: Args, around: Surroundings): Promise<number> {
  const isJson = args.json === true;
  try {
    const outcome = await command.run(createContext(args, isJson, around), args);
    say(outcome, isJson, around);
    return outcome.exitCode ?? exit.ok;
  } catch (error) {
    const exitCode = exitCodeOf(error);
    const message = error instanceof Error ? error.message : String(error);
    const code = (error as { code?: string }).code;
    around.err(isJson ? `${JSON.stringify({ error: { code, message, exitCode } })}\n` : `stoop: ${message}\n`);
    if (exitCode === exit.software) around.err(`${(error as Error).stack ?? ''}\n`);
    return exitCode;
  }
}

function say({ value, lines }: Outcome, isJson: boolean, { out }: Surroundings): void {
  if (isJson && value !== undefined) out(`${JSON.stringify(value, null, 2)}\n`);
  if (!isJson) for (const line of lines) out(`${line}\n`);
}

function createContext(args: Args, isJson: boolean, around: Surroundings): Context {
  const config = readConfig(args, around);
  async function askIfUp<Answer>(command: HubCommand<Answer>, more: Args = {}): Promise<Answer | undefined> {
    return (await askHub(config.dataDir, command.name, more, command.answersWithinMs))?.ok as Answer | undefined;
  }
  return {
    config,
    isJson,
    version: around.version,
    runtime: around.runtime,
    root: around.root,
    cwd: around.cwd,
    signal: around.signal,
    print: (line) => around.out(`${line}\n`),
    question: around.question,
    askIfUp,
    async ask<Answer>(command: HubCommand<Answer>, more?: Args): Promise<Answer> {
      const answer = await askIfUp(command, more);
      if (answer === undefined) throw hubDown();
      return answer;
    },
  };
}

/** As the hub itself finds its settings; without any file the demonstration's, when it lies there. */
function readConfig(args: Args, { env, cwd, root }: Surroundings): Config {
  const given = typeof args.config === 'string' ? args.config : undefined;
  const dataDir = typeof args.data === 'string' ? resolve(cwd, args.data) : undefined;
  const demo = join(dataDir ?? join(root, 'data'), 'demo/stoop.toml');
  const own = resolve(cwd, 'stoop.toml');
  const file = given ?? [...(dataDir ? [demo, own] : [own, demo])].find((path) => existsSync(path));
  const config = loadConfig({ file, env, cwd });
  return { ...config, dataDir: dataDir ?? config.dataDir };
}
