import {
  concat,
  keccak256,
  Signature,
  solidityPacked,
  type TypedDataDomain,
  TypedDataEncoder,
  type Wallet,
} from 'ethers';

const fields = (list: string) =>
  list.split(',').map((each) => {
    const [type, name] = each.trim().split(' ') as [string, string];
    return { type, name };
  });

/** The signed messages, written down again from the specification so that the contracts are checked against a second hand. */
export const types = {
  Spend: fields(
    'address book, bytes32 subject, bytes32 termsHash, uint24 seat, uint64 maxAmount, uint32 revision, uint40 validUntil, uint8 mode',
  ),
  Closing: fields('bytes32 subject, bytes32 termsHash, bytes32 itemsHash, uint64 total, address payee'),
  Mint: fields('uint24 seat, uint64 amount, bytes32 depositRef, uint40 validUntil'),
  Attestation: fields('uint64 reserve, bytes32 documentHash, uint64 sequence, uint40 takenAt'),
  Terms: fields('address payee, address closer, uint64 target, uint64 ceiling, uint40 deadline, bytes32 detailsHash'),
  DailyLimit: fields('uint24 seat, uint64 limit, uint32 revision, uint40 validUntil'),
  Transfer: fields('uint24 seat, address to, uint64 amount, uint32 nonce, bytes32 reasonHash, uint40 validUntil'),
  Redeem: fields('uint24 seat, uint64 amount, bytes32 redemptionRef, uint40 validUntil'),
  Payout: fields('bytes32 redemptionRef, bytes32 documentHash, uint40 validUntil'),
  Restore: fields('bytes32 redemptionRef, bytes32 caseHash, uint40 validUntil'),
  Permit: fields('address owner, address spender, uint256 value, uint256 nonce, uint256 deadline'),
  TransferWithAuthorization: fields(
    'address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce',
  ),
  ReceiveWithAuthorization: fields(
    'address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce',
  ),
  CancelAuthorization: fields('address authorizer, bytes32 nonce'),
};

export type MessageName = keyof typeof types;
export type Fields = Record<string, string | number | bigint>;

export const EXACT = 0;
export const AT_MOST = 1;
export const ESCROW = 2;

export function sign(wallet: Wallet, domain: TypedDataDomain, name: MessageName, value: Fields): string {
  return wallet.signingKey.sign(TypedDataEncoder.hash(domain, { [name]: types[name] }, value)).serialized;
}

export function hashStruct(name: MessageName, value: Fields): string {
  return TypedDataEncoder.hashStruct(name, { [name]: types[name] }, value);
}

/** A signed spend on its way to the token. */
export interface Item {
  readonly seat: number;
  readonly amount: bigint;
  readonly maxAmount: bigint;
  readonly revision: number;
  readonly validUntil: number;
  readonly signature: string;
}

export function pack(items: readonly Item[], mode: number): string {
  return concat(
    items.map((item) => {
      const { r, yParityAndS } = Signature.from(item.signature);
      return mode === AT_MOST
        ? solidityPacked(
            ['uint24', 'uint64', 'uint64', 'uint32', 'uint40', 'bytes32', 'bytes32'],
            [item.seat, item.amount, item.maxAmount, item.revision, item.validUntil, r, yParityAndS],
          )
        : solidityPacked(
            ['uint24', 'uint64', 'uint32', 'uint40', 'bytes32', 'bytes32'],
            [item.seat, item.amount, item.revision, item.validUntil, r, yParityAndS],
          );
    }),
  );
}

export function itemsHash(items: readonly Item[]): string {
  return keccak256(concat(items.map((item) => solidityPacked(['uint24', 'uint64'], [item.seat, item.amount]))));
}
