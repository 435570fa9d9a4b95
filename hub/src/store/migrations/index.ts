import type { Migration } from '../migrate.ts';
import { migration as store } from './0001-store.ts';
import { migration as journal } from './0002-journal.ts';
import { migration as outbox } from './0003-outbox.ts';
import { migration as garden } from './0005-garden.ts';

/** Every step of `stoop.db`, oldest first; a released step is never edited. */
export const migrations: readonly Migration[] = [store, journal, outbox, garden];
