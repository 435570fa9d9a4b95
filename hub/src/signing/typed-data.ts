import type { Actor, FieldValue, Hex, SignedMessage, SignedStruct } from '../platform/ports/index.ts';
import { concat, fromHex, keccak, toHex, uintBytes } from './bytes.ts';
import {
  type Domain,
  type Field,
  type MessageType,
  messageTypes,
  primaryTypeOf,
  type StructType,
  structTypes,
} from './messages.ts';

const domainFields: readonly { name: string; type: string }[] = [
  { type: 'string', name: 'name' },
  { type: 'string', name: 'version' },
  { type: 'uint256', name: 'chainId' },
  { type: 'address', name: 'verifyingContract' },
];

const signatureOf = (name: string, fields: readonly { name: string; type: string }[]): string =>
  `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(',')})`;

/** The structs that a message holds lists of, by alphabet, as EIP-712 writes them behind the message's own signature. */
const structsOf = (fields: readonly Field[]): StructType[] =>
  [...new Set(fields.flatMap(({ type }) => structName(type) ?? []))].sort();

function structName(type: Field['type']): StructType | undefined {
  const item = type.endsWith('[]') ? type.slice(0, -2) : '';
  return item in structTypes ? (item as StructType) : undefined;
}

const typeHashes = new Map<string, Uint8Array>(
  Object.entries(messageTypes).map(([name, fields]: [string, readonly Field[]]) => {
    const structs = structsOf(fields).map((struct) => signatureOf(struct, structTypes[struct]));
    return [name, keccak(signatureOf(primaryTypeOf(name as MessageType), fields), ...structs)];
  }),
);
const structHashes = new Map<string, Uint8Array>(
  Object.entries(structTypes).map(([name, fields]) => [name, keccak(signatureOf(name, fields))]),
);
const domainTypeHash = keccak(signatureOf('EIP712Domain', domainFields));

/** One value as a 32-byte word. Throws RangeError when an integer does not fit its type. */
function word(field: Field, value: FieldValue | undefined): Uint8Array {
  if (value === undefined) throw new TypeError(`signing: ${field.name} is missing`);
  if (field.type.endsWith('[]') !== Array.isArray(value))
    throw new TypeError(`signing: ${field.name} is no ${field.type}`);
  return Array.isArray(value) ? listWord(field, value) : plainWord(field, value as string | number);
}

/** EIP-712: a list is the hash of its items' words, one after the other; of an item of any length its own hash is the word. */
function listWord({ name, type }: Field, items: readonly (string | SignedStruct)[]): Uint8Array {
  const struct = structName(type);
  if (items.some((item) => (typeof item === 'object') !== (struct !== undefined)))
    throw new TypeError(`signing: ${name} is no ${type}`);
  if (struct) return keccak(...items.map((item) => hashOfStruct(struct, item as SignedStruct)));
  const texts = items as readonly string[];
  if (type === 'bytes[]') return keccak(...texts.map((item) => keccak(fromHex(item))));
  return keccak(...texts.map((item) => plainWord({ name, type: 'address' }, item)));
}

function hashOfStruct(struct: StructType, value: SignedStruct): Uint8Array {
  return keccak(structHashes.get(struct)!, ...structTypes[struct].map((field) => word(field, value[field.name])));
}

function plainWord(field: Field, value: string | number): Uint8Array {
  if (field.type === 'bytes') return keccak(fromHex(String(value)));
  if (field.type === 'bytes32' || field.type === 'address') {
    const bytes = fromHex(String(value));
    const length = field.type === 'bytes32' ? 32 : 20;
    if (bytes.length !== length) throw new RangeError(`signing: ${field.name} is not ${length} bytes`);
    return concat(new Uint8Array(32 - length), bytes);
  }
  const length = Number(field.type.slice(4)) / 8;
  return concat(new Uint8Array(32 - length), uintBytes(value, length));
}

/** EIP-712 `hashStruct(message)`, 32 bytes. */
export function hashStruct(message: SignedMessage): Uint8Array {
  const fields: readonly Field[] | undefined = messageTypes[message.type as MessageType];
  const typeHash = typeHashes.get(message.type);
  if (!fields || !typeHash) throw new TypeError(`signing: there is no message ${message.type}`);
  return keccak(typeHash, ...fields.map((field) => word(field, message.fields[field.name])));
}

/**
 * Signs with the actor's own key, here or in their wallet: 65 bytes. Throws `grant_needed`, and when it is a wallet that
 * does not sign `wallet_elsewhere`, `wallet_refused`, `wallet_silent`.
 */
export type SignAsMember = (actor: Actor, domain: Domain, message: SignedMessage) => Promise<Hex>;

/** EIP-712 domain separator, 32 bytes. */
export function domainSeparator(domain: Domain): Uint8Array {
  return keccak(
    domainTypeHash,
    keccak(domain.name),
    keccak(domain.version),
    uintBytes(domain.chainId, 32),
    concat(new Uint8Array(12), fromHex(domain.verifyingContract)),
  );
}

/** What is signed: `keccak256(0x1901 ‖ domainSeparator ‖ hashStruct)` (EIP-712). */
export function digest(domain: Domain, message: SignedMessage): Uint8Array {
  return keccak(new Uint8Array([0x19, 0x01]), domainSeparator(domain), hashStruct(message));
}

/** The hash that binds a signature to an order's terms. */
export function termsHash(terms: SignedMessage): Hex {
  return toHex(hashStruct(terms));
}

/** The message for a member's own wallet (`eth_signTypedData_v4`). */
export function typedDataJson(domain: Domain, message: SignedMessage): object {
  const fields: readonly Field[] = messageTypes[message.type as MessageType];
  const structs = structsOf(fields).map((struct) => [struct, structTypes[struct]]);
  const primaryType = primaryTypeOf(message.type as MessageType);
  return {
    domain,
    primaryType,
    types: { EIP712Domain: domainFields, [primaryType]: fields, ...Object.fromEntries(structs) },
    message: message.fields,
  };
}

/** The digest of a message as `typedDataJson` writes it. Throws TypeError for a kind that the building does not know. */
export function digestOfTypedData(typedData: object): Uint8Array {
  const { domain, primaryType, types, message } = typedData as {
    domain: Domain;
    primaryType: string;
    types: Record<string, unknown>;
    message: SignedMessage['fields'];
  };
  const fields = JSON.stringify(types[primaryType]);
  const type = (Object.keys(messageTypes) as MessageType[]).find(
    (name) => primaryTypeOf(name) === primaryType && JSON.stringify(messageTypes[name]) === fields,
  );
  if (!type) throw new TypeError(`signing: there is no message ${primaryType}`);
  return digest(domain, { type, fields: message });
}
