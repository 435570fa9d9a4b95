export type * from './hub-secret.ts';
export type * from './job.ts';
export type * from './lane.ts';
export type * from './officers.ts';
export type * from './room.ts';
export * from './route.ts';
export type * from './store.ts';
export type * from './topic.ts';
export * from './values.ts';
