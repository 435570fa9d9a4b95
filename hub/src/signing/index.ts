export { concat, fromHex, keccak, toHex, uintBytes, uuidBytes } from './bytes.ts';
export { addressOf, compactSignature, createPrivateKey, recoverAddress, signDigest } from './keys.ts';
export * from './messages.ts';
export { itemsHash, packSpendItems, type SpendItem, subjectOf } from './spend-items.ts';
export { digest, domainSeparator, hashStruct, termsHash, typedDataJson } from './typed-data.ts';
