export { type ArgonCost, type ArgonGate, createArgonGate, defaultArgonCost } from './argon-gate.ts';
export { concat, fromHex, keccak, toHex, uintBytes, uuidBytes } from './bytes.ts';
export { createFileSecret } from './hub-secret.ts';
export { createKeyWraps, type KeyWrap, type KeyWraps, type WrapOwner } from './key-wrap.ts';
export { addressOf, compactSignature, createPrivateKey, recoverAddress, signDigest } from './keys.ts';
export { type Keystore, openKeys, sealKeys } from './keystore.ts';
export * from './messages.ts';
export { createOfficers } from './officers.ts';
export {
  createRecoverySecret,
  createShortCode,
  parseRecoveryCode,
  plainCode,
  printRecoveryCode,
  recoveryLookup,
} from './recovery-code.ts';
export { createSealedOfficers, type SealedOfficersOptions } from './sealed-officers.ts';
export { itemsHash, packSpendItems, type SpendItem, subjectOf } from './spend-items.ts';
export {
  digest,
  digestOfTypedData,
  domainSeparator,
  hashStruct,
  type SignAsMember,
  termsHash,
  typedDataJson,
} from './typed-data.ts';
