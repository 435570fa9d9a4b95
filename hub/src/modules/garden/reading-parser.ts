import { unitOf } from './metrics.ts';

/** One measurement as the device said it. */
export interface ParsedReading {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
  readonly takenAtMs?: number;
  readonly sequence?: number;
}

export type ProblemKind =
  | 'bad_topic'
  | 'bad_payload'
  | 'bad_number'
  | 'bad_metric'
  | 'bad_unit'
  | 'bad_time'
  | 'bad_sequence';

export interface ParseProblem {
  readonly kind: ProblemKind;
  readonly sample: string;
}

export interface Parsed {
  /** The device's part of the topic. */
  readonly device: string;
  readonly readings: readonly ParsedReading[];
  readonly problems: readonly ParseProblem[];
}

const namePattern = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;
const maxMetrics = 32;
const maxUnitLength = 16;
const sampleLength = 80;

/**
 * Reads the house's own format: `stoop/<device>/<metric>` with a number as text or `{value, unit?, takenAtMs?, seq?}`,
 * or `stoop/<device>` with `{takenAtMs?, seq?, <metric>: number | {value, unit?}, …}`. Never throws: what cannot be
 * read comes back as problems.
 */
export function parseReading(topic: string, payload: Uint8Array): Parsed {
  const [, device = '', metric, ...rest] = topic.split('/');
  const problems: ParseProblem[] = [];
  const text = new TextDecoder().decode(payload);
  const report = (kind: ProblemKind, sample: unknown) => void problems.push({ kind, sample: sampleOf(sample) });
  if (!namePattern.test(device) || rest.length > 0) {
    report('bad_topic', topic);
    return { device, readings: [], problems };
  }
  const readings = metric === undefined ? readMany(text, report) : readOne(metric, text, report);
  return { device, readings, problems };
}

type Report = (kind: ProblemKind, sample: unknown) => void;

function readOne(metric: string, text: string, report: Report): ParsedReading[] {
  const trimmed = text.trim();
  if (numberPattern.test(trimmed)) return toReading(metric, { value: Number(trimmed) }, {}, report);
  const body = parseObject(trimmed);
  if (body) return toReading(metric, body, envelopeOf(body, report), report);
  report(trimmed.startsWith('{') ? 'bad_payload' : 'bad_number', trimmed);
  return [];
}

function readMany(text: string, report: Report): ParsedReading[] {
  const body = parseObject(text);
  if (!body) {
    report('bad_payload', text);
    return [];
  }
  const { takenAtMs: _time, seq: _sequence, ...metrics } = body;
  const entries = Object.entries(metrics);
  if (entries.length === 0 || entries.length > maxMetrics) {
    report('bad_payload', text);
    return [];
  }
  const envelope = envelopeOf(body, report);
  return entries.flatMap(([metric, value]) => {
    const one = isObject(value) ? value : { value };
    return toReading(metric, one, envelope, report);
  });
}

type Envelope = Pick<ParsedReading, 'takenAtMs' | 'sequence'>;

/** Time and number of the message; an unreadable one is told and left away, the measurement still counts. */
function envelopeOf(body: Record<string, unknown>, report: Report): Envelope {
  const { takenAtMs, seq } = body;
  const isTime = Number.isSafeInteger(takenAtMs) && (takenAtMs as number) > 0;
  const isSequence = Number.isSafeInteger(seq) && (seq as number) >= 0;
  if (takenAtMs !== undefined && !isTime) report('bad_time', takenAtMs);
  if (seq !== undefined && !isSequence) report('bad_sequence', seq);
  return {
    takenAtMs: isTime ? (takenAtMs as number) : undefined,
    sequence: isSequence ? (seq as number) : undefined,
  };
}

function toReading(metric: string, body: Record<string, unknown>, envelope: Envelope, report: Report): ParsedReading[] {
  const { value, unit: given } = body;
  if (!namePattern.test(metric)) report('bad_metric', metric);
  else if (typeof value !== 'number' || !Number.isFinite(value)) report('bad_number', `${metric}: ${sampleOf(value)}`);
  else if (given !== undefined && (typeof given !== 'string' || given.length > maxUnitLength))
    report('bad_unit', given);
  else {
    const unit = unitOf(metric, given);
    if (unit !== undefined) return [{ metric, unit, value, ...envelope }];
    report('bad_unit', `${metric}: ${given}`);
  }
  return [];
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Short and printable: it is shown to people. */
function sampleOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.slice(0, sampleLength).replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '·');
}
