import type { OfficerMessage } from '../../api/types.ts';
import { knownKey } from '../../messages/catalogue.ts';
import type { Params } from '../../messages/message.ts';
import type { Text } from '../../messages/text.svelte.ts';
import type { TypedData } from '../wallet/wallet.ts';

/** What an officer binds the co-op to by signing, in one sentence. A kind that the page does not know is named. */
export function sentenceOf({ primaryType, message }: TypedData, text: Text, about?: OfficerMessage['about']): string {
  const key = knownKey(`officer.${primaryType}${primaryType === 'Call' ? `.${about?.action}` : ''}`);
  return key
    ? text.t(key, { ...paramsOf(message, text), ...aboutParams(about, text) })
    : text.t('officer.other', { kind: primaryType });
}

/** What the bytes of a board's call mean is not in them: the hub says it beside, and the fields can be compared. */
function aboutParams(about: OfficerMessage['about'], text: Text): Params {
  const office = knownKey(`office.${about?.office}`);
  return { ...about, ...(office && { office: text.t(office) }) };
}

function paramsOf(message: TypedData['message'], text: Text): Params {
  const params: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(message)) {
    if (typeof value === 'string' || typeof value === 'number') params[name] = String(value);
  }
  const micros = message.amount ?? message.reserve ?? message.limit;
  if (micros !== undefined) params.amount = text.money(Number(micros));
  if (Array.isArray(message.seats)) params.seats = message.seats.map(({ seat }: { seat: unknown }) => seat).join(', ');
  return params;
}

/** Every field as a wallet shows it, in the order in which it is signed. */
export function fieldsOf({ types, primaryType, message }: TypedData): { name: string; value: string }[] {
  return (types[primaryType] ?? []).map(({ name }) => {
    const value = message[name];
    return { name, value: typeof value === 'object' ? JSON.stringify(value) : String(value) };
  });
}
