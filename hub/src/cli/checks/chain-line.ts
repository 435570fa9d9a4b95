import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createConnection, isIP } from 'node:net';
import { type Config, defaultStaleAfterMs } from '../../config/index.ts';
import { clockWords } from '../status.ts';
import { spanOf } from '../text.ts';
import { bad, type Check, type Finding, ok, type Patient, warn } from './check.ts';

const answerMs = 5000;
/** Thirty epochs of Filecoin: beyond that its fast finality stands still, and the slow one takes hours. */
const finalWithinMs = 900_000;
const fine = 'The building goes on; what waits is recorded when the line is back.';

interface Block {
  readonly timestamp: string;
}

/** Each line to the chain hop by hop, so that one reading tells where it is cut. The hub need not run. */
export const chainLine: Check = async (patient) => {
  const { chain } = patient.context.config;
  if (chain.isEmbedded) return [embedded(patient)];
  if (chain.rpcUrls.length === 0) return [warn('chain', 'no endpoint is set', 'Set chain.rpcUrls in stoop.toml.')];
  const findings: Finding[] = [];
  for (const text of chain.rpcUrls) {
    const url = new URL(text);
    const found = await hops(url, chain);
    const beside =
      chain.rpcUrls.length > 1 ? found.map((one) => ({ ...one, found: `${url.host}: ${one.found}` })) : found;
    findings.push(...beside);
  }
  return [...findings, ...asTheHubSees(patient, findings)];
};

async function hops(url: URL, { chainId, staleAfterMs }: Config['chain']): Promise<Finding[]> {
  const each: (() => Promise<Finding[]>)[] = [
    () => name(url),
    () => port(url),
    () => endpoint(url, chainId, staleAfterMs ?? defaultStaleAfterMs),
  ];
  const findings: Finding[] = [];
  for (const hop of each) {
    findings.push(...(await hop()));
    if (findings.some(({ level }) => level !== 'ok')) break;
  }
  return findings;
}

/** What only the running hub knows: which endpoint serves, and which it leaves alone since when. */
function asTheHubSees({ hub }: Patient, findings: readonly Finding[]): Finding[] {
  if (!hub) return [];
  const { endpoints, hubClockAheadMs, headAtMs = 0, finalizedAtMs = headAtMs } = hub.line;
  const seen = endpoints.map((one) =>
    one.isServing || one.verdict === undefined || one.verdict === 'good' || one.verdict === 'behind'
      ? ok('endpoint', `${one.name}: ${one.isServing ? 'serves' : 'stands by'}`)
      : warn('endpoint', `${one.name}: ${one.verdict}${one.reason ? `, ${one.reason}` : ''}`, adviceOn[one.verdict]),
  );
  if (hub.isOnline && headAtMs - finalizedAtMs > finalWithinMs) {
    const found = `final is ${spanOf(headAtMs - finalizedAtMs)} behind the newest block`;
    seen.push(warn('finality', found, 'Nothing to do: what is under way waits for it, and is safe.'));
  }
  if (hubClockAheadMs !== undefined)
    seen.push(warn('clock', clockWords(hubClockAheadMs), 'Set the time (timedatectl set-ntp true).'));
  if (!hub.isOnline && findings.every(({ level }) => level === 'ok'))
    seen.push(warn('chain', 'the hub is not connected although the line is good', 'See: stoop logs'));
  return seen;
}

const adviceOn = {
  away: fine,
  wrong: 'Take it out of chain.rpcUrls, or correct it; nothing is sent to it.',
  stale: 'It lags behind; the next endpoint serves meanwhile.',
  clock: 'Its own clock or chain is wrong; the next endpoint serves meanwhile.',
} as const;

function embedded({ hub }: Patient): Finding {
  if (!hub) return ok('chain', 'embedded; it runs with the hub');
  if (hub.isOnline) return ok('chain', 'embedded, connected');
  return warn('chain', 'embedded, not connected', 'It is started again by itself; see: stoop logs');
}

async function name({ hostname }: URL): Promise<Finding[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return [];
  try {
    const { address } = await lookup(host);
    return [ok('chain name', `${host} is ${address}`)];
  } catch {
    return [warn('chain name', `${host} has no address here`, `No internet, or no name server. ${fine}`)];
  }
}

async function port(url: URL): Promise<Finding[]> {
  const number = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = createConnection({ host, port: number, signal: AbortSignal.timeout(answerMs) });
  try {
    await once(socket, 'connect');
    return [ok('chain port', `${number} answers`)];
  } catch {
    return [
      warn('chain port', `${number} does not answer`, `No internet, a firewall, or the endpoint is down. ${fine}`),
    ];
  } finally {
    socket.destroy();
  }
}

async function endpoint(url: URL, chainId: number, staleAfterMs: number): Promise<Finding[]> {
  try {
    const asked = Date.now();
    const { result, date } = await call<string>(url, 'eth_chainId', []);
    const tookMs = Date.now() - asked;
    if (Number(result) !== chainId) {
      const advice = 'Set chain.rpcUrls to endpoints of the right chain; nothing is sent to this one.';
      return [bad('chain id', `${Number(result)} instead of ${chainId}`, advice)];
    }
    const { result: head } = await call<Block>(url, 'eth_getBlockByNumber', ['latest', false]);
    const ageMs = Date.now() - Number(head.timestamp) * 1000;
    return [ok('chain', `id ${chainId}, answers in ${tookMs} ms`), headOf(ageMs, staleAfterMs), ...clockBeside(date)];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      warn('chain', `the endpoint does not answer as one (${reason})`, 'Its key or path may be wrong: chain.rpcUrls.'),
    ];
  }
}

function headOf(ageMs: number, staleAfterMs: number): Finding {
  const found = `newest block ${spanOf(Math.max(0, ageMs))} old`;
  return staleAfterMs > 0 && ageMs > staleAfterMs
    ? warn('chain head', found, 'The endpoint lags behind; use another one.')
    : ok('chain head', found);
}

/** A web server's Date beside ours: no time service needed. */
function clockBeside(date: string | null): Finding[] {
  if (date === null) return [];
  const apartMs = Math.abs(Date.parse(date) - Date.now());
  if (!(apartMs > 60_000)) return [];
  return [warn('clock', `${spanOf(apartMs)} apart from the endpoint’s`, 'Set the time (timedatectl set-ntp true).')];
}

async function call<T>(url: URL, method: string, params: unknown[]): Promise<{ result: T; date: string | null }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    signal: AbortSignal.timeout(answerMs),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  const { result, error } = (await response.json()) as { result?: T | null; error?: { message: string } };
  if (error || result === undefined || result === null) throw new Error(error?.message ?? 'an empty answer');
  return { result, date: response.headers.get('date') };
}
