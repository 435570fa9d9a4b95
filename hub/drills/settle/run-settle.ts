import { closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readDeployment } from '../../../contracts/deploy/deploy.ts';
import { copyOfFoundedBuilding } from '../../test/support/founded.ts';
import { createRandom } from '../day/random.ts';
import type { SettleArguments } from './arguments.ts';
import { castOfSettling } from './cast.ts';
import { type FastTime, timeOf } from './clock.ts';
import { pickFault, type Stage } from './faults.ts';
import { lanesNamed } from './lanes/index.ts';
import { intentsByLane, intentsRunningOut, lanesUnderWay, restlessIntents, waitingByLane } from './lanes-under-way.ts';
import { readSettleLedger } from './ledger.ts';
import { createLives } from './lives.ts';
import { createOwnWallet, fundGas, takeKeyOut } from './own-wallet.ts';
import { type People, type PeopleReport, startPeople } from './people-process.ts';
import { linesOf, linesOfVerdict } from './report.ts';
import { judgeSettled } from './verdict/judge.ts';
import { relayerOf, startWorld, type World } from './world.ts';

/** The last line of the drill. */
export interface SettleFigures extends Readonly<Record<string, unknown>> {
  readonly faults: number;
  readonly intents: number;
  /** Acknowledged and not there, final here and not on the chain, or given up without need. */
  readonly lost: number;
  /** On the chain more than once, in two transactions, or there without an acknowledgement. */
  readonly doubled: number;
  readonly stuck: number;
  readonly driftMicros: number;
  /** Answers that no sound hub gives, damaged files, books that do not add up. */
  readonly wrong: number;
}

const finalAfter = 20;
const hourMs = 3_600_000;
const walletCount = 2;
const aheadMaxMs = 20_000;
/** Hours: longer than a lock of eight days and than a key's seven, shorter than an objection's ten. */
const leapHours = [200, 216] as const;
const marginHours = 12;

/** Lives through a day at a lying line until there were enough faults and intents; then everything settles and is judged. */
export async function runSettle(options: SettleArguments, tell: (line: string) => void): Promise<SettleFigures> {
  const startedAt = performance.now();
  const dir = await copyOfFoundedBuilding();
  const outside = mkdtempSync(join(tmpdir(), 'stoop-settle-'));
  const chainDir = join(outside, 'chain');
  cpSync(join(dir, 'chain'), chainDir, { recursive: true });
  mkdirSync(join(outside, 'other'));
  const deploymentFile = join(chainDir, 'deployment.json');
  const ledgerPath = join(outside, 'ledger.jsonl');
  const logPath = join(outside, 'log');
  const log = openSync(logPath, 'a');
  const random = createRandom(options.seed);
  const { chainId } = readDeployment(deploymentFile)!;
  const cast = await castOfSettling(dir, options.residents);
  const holders = cast.residents.slice(0, walletCount);
  const taken = await Promise.all(
    holders.map(async (phone) => ({ seat: phone.seat, wallet: await takeKeyOut(dir, phone) })),
  );
  const relayer = relayerOf(dir);
  const lanes = lanesNamed(options.lanes);
  /** What a clock shows that nobody has set wrong. */
  let time: FastTime = { fromMs: Date.now(), speed: 1000 / options.blockMs, offsetMs: 0, leptMs: 0 };
  let people: People | undefined;
  let world: World | undefined;
  let isUnderstood = false;

  world = await startWorld({
    chainDir,
    otherDir: join(outside, 'other'),
    random: createRandom(options.seed + 1),
    nowS: () => Math.floor(timeOf(time) / 1000),
    blockMs: options.blockMs,
    finalAfter,
    lanes,
    lanesUnderWay: () => lanesUnderWay(dir),
  });
  const { node, upstream } = world;
  const lives = createLives({
    outside,
    plan: {
      dir,
      deploymentFile,
      rpcUrl: world.proxy.url,
      pollMs: options.pollMs,
      rpcTimeoutMs: options.rpcTimeoutMs,
      time,
    },
    sabotage: options.sabotage,
    log,
    people: () => people!,
  });

  /** By the chain and not by a clock of ours: on a slow machine everything has its turn. */
  async function blocks(count: number): Promise<void> {
    const until = node.rounds() + count;
    while (node.rounds() < until) await wait(options.blockMs);
  }

  /** Nothing runs out of its time for want of a machine. */
  function wouldRunOut(): boolean {
    const nowMs = timeOf(time);
    return intentsRunningOut(dir, nowMs, nowMs + (leapHours[1] + marginHours) * hourMs) > 0;
  }

  function leap(): void {
    const ms = random.between(...leapHours) * hourMs;
    time = { ...time, leptMs: time.leptMs + ms };
    lives.leap(ms);
  }

  /** Many blocks in a second take more than it: a chain is never ahead of the world, so the world goes with it. */
  function followChain(): void {
    const aheadMs = node.headTimeS() * 1000 - timeOf(time);
    if (aheadMs < aheadMaxMs) return;
    time = { ...time, leptMs: time.leptMs + aheadMs };
    lives.leap(aheadMs);
  }

  /** What has days to wait gets them, once everything else is at its end. */
  async function settleAll(patienceMs: number): Promise<boolean> {
    let isSettled = false;
    const settled = lives
      .now()
      .settle()
      .then(() => {
        isSettled = true;
      });
    const endsAtMs = performance.now() + patienceMs;
    while (!isSettled && performance.now() < endsAtMs) {
      await Promise.race([settled, wait(2000)]);
      followChain();
      const isQuiet = restlessIntents(dir, timeOf(time)) === 0;
      if (!isSettled && isQuiet && options.leapEveryMs) leap();
    }
    return isSettled;
  }

  const step = (what: string) =>
    options.verbose && tell(`${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${what}`);

  try {
    const plan = {
      seed: options.seed,
      cast,
      ledgerPath,
      time,
      pauseMs: options.pauseMs,
      intentsMax: options.intentsMax,
      lanes: options.lanes,
    };
    people = await startPeople(outside, plan, log);
    for (const { wallet } of taken) {
      await node.answer('eth_sendRawTransaction', [await fundGas(node, chainId, wallet.address)]);
    }
    const wallets = taken.map((one) => createOwnWallet(upstream, deploymentFile, one));
    await lives.begin();
    step('the hub is up');
    const stage: Stage = { world, lives, random, wallets, relayer, chainId, blocks };

    const isEnough = () => {
      const counts = intentsByLane(dir);
      const intents = lanes.map(({ name }) => counts.get(name) ?? 0);
      const sum = intents.reduce((all, one) => all + one, 0);
      const { tally } = world!;
      return (
        tally.total() >= options.count &&
        sum >= options.intents &&
        intents.every((one) => one >= options.intentsPerLane) &&
        lanes.every(({ name }) => tally.of(name) >= options.faultsPerLane)
      );
    };
    const isLate = () => performance.now() - startedAt > options.minutes * 60_000;
    let leptAtMs = performance.now();
    while (!isEnough() && !isLate()) {
      const isDue = options.leapEveryMs !== undefined && performance.now() - leptAtMs > options.leapEveryMs;
      if (isDue && !wouldRunOut()) {
        leap();
        leptAtMs = performance.now();
        step('days have passed');
      }
      followChain();
      people.tell({ say: 'waiting', lanes: Object.fromEntries(waitingByLane(dir)) });
      const fault = pickFault(random, options.kinds);
      if (options.verbose) tell(`${String(world.tally.total()).padStart(4)}  ${fault.kind}`);
      const begunAtMs = performance.now();
      await fault.happen(stage);
      await blocks(random.between(0, 3));
      await wait(Math.max(0, begunAtMs + options.faultEveryMs - performance.now()));
    }

    step('the faults are over');
    world.lies.calm();
    world.showOwn();
    await world.proxy.setUp(true);
    lives.setClock(0);
    const report: PeopleReport = await people.finish();
    step('people are done');
    if (!(await settleAll(options.settleMs))) tell('Not everything settled.');
    step('settled');
    await blocks(2 * finalAfter);
    await lives.stop();
    await world.stop();
    step('stopped');
    const verdict = await judgeSettled(
      { dir, deploymentFile, relayer: relayer.address },
      lanes,
      readSettleLedger(ledgerPath),
    );
    const { tally } = world;
    for (const line of [...linesOf(tally, report), ...linesOfVerdict(verdict, tally, options)]) tell(line);
    const wrong = verdict.wrong.length + report.unexpected.length;
    const found = verdict.lost.length + verdict.doubled.length + verdict.stuck.length + wrong;
    isUnderstood = found === 0 || options.sabotage !== undefined;
    return {
      faults: tally.total(),
      intents: verdict.lanes.reduce((sum, { intents }) => sum + intents, 0),
      lost: verdict.lost.length,
      doubled: verdict.doubled.length,
      stuck: verdict.stuck.length,
      driftMicros: verdict.driftMicros,
      wrong,
      seconds: Math.round((performance.now() - startedAt) / 1000),
    };
  } catch (error) {
    tell(readFileSync(logPath, 'utf8').slice(-4000));
    throw error;
  } finally {
    await lives.sweep();
    await people?.end();
    await world?.stop().catch(() => {});
    closeSync(log);
    if (isUnderstood) for (const folder of [dirname(dir), outside]) rmSync(folder, { recursive: true });
    else tell(`Kept for a look: ${dir}, ${outside}`);
  }
}
