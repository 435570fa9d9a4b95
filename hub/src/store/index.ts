export { copyDatabase, verifyCopy } from './backup.ts';
export { type BackupFile, listBackups, newestRowMs, storeJobs } from './care.ts';
export { createReader, openReader, openWriter, quickCheck } from './connection.ts';
export { belongLike, type DataLock, lockData } from './lock.ts';
export { type Migration, migrateDown, schemaVersion } from './migrate.ts';
export { type OpenStore, openStore, type StoreOptions } from './open.ts';
export { type Recipient, recipientOf, recoveryPrivateKey } from './recovery-key.ts';
export { isSealed, type SealedHeader, seal, unseal } from './sealed-file.ts';
export { createSpaceGuard, floorBytes, type SpaceClass, type SpaceGuard } from './space.ts';
