import type { ApiError } from '../api/api-error.ts';
import { knownKey, type MessageKey } from './catalogue.ts';
import type { Params } from './message.ts';
import type { Text } from './text.svelte.ts';

export interface SaidError {
  what: string;
  safe: string;
  todo: string;
}

/** What happened, what is safe and what to do, for people. A code without a text of its own reads as `internal`. */
export function describeError(error: ApiError, text: Text): SaidError {
  const params = paramsOf(error, text);
  const code = knownKey(`error.${error.code}`) ? error.code : 'internal';
  const say = (key: MessageKey | undefined) => (key ? text.t(key, params) : '');
  return {
    what: say(knownKey(`error.${code}`)),
    safe: say(knownKey(`error.${code}.safe`) ?? 'error.safe'),
    todo: say(knownKey(`error.${code}.todo`)),
  };
}

/** The details as sentences take them: money as money, waits as a length of time, the rest as it is. */
function paramsOf(error: ApiError, text: Text): Params {
  const params: Record<string, string | number> = { field: error.field ?? '', seconds: 60, triesLeft: '' };
  for (const [name, value] of Object.entries(error.details)) {
    if (typeof value === 'boolean') continue;
    if (name.endsWith('Micros') && typeof value === 'number') params[name] = text.money(value);
    else params[name] = value;
  }
  params.wait = text.span(Math.max(60, Number(params.seconds)) * 1000);
  params.availableMicros ??= text.money(0);
  params.neededMicros ??= text.money(0);
  return params;
}
