export { createReader, openReader, quickCheck } from './connection.ts';
export { type Migration, migrateDown, schemaVersion } from './migrate.ts';
export { type OpenStore, openStore, type StoreOptions } from './open.ts';
export { verifyCopy } from './backup.ts';
export { createSpaceGuard, type SpaceClass, type SpaceGuard } from './space.ts';
