import type { Migration } from '../migrate.ts';
import { migration as store } from './0001-store.ts';
import { migration as journal } from './0002-journal.ts';
import { migration as outbox } from './0003-outbox.ts';
import { migration as members } from './0004-members.ts';
import { migration as garden } from './0005-garden.ts';
import { migration as suppliers } from './0006-suppliers.ts';
import { migration as orders } from './0007-orders.ts';
import { migration as treasury } from './0008-treasury.ts';
import { migration as chain } from './0009-chain.ts';
import { migration as keyChanges } from './0010-key-changes.ts';
import { migration as attemptSenders } from './0011-attempt-senders.ts';
import { migration as fees } from './0012-fees.ts';
import { migration as notices } from './0013-notices.ts';
import { migration as transfers } from './0014-transfers.ts';
import { migration as governance } from './0015-governance.ts';
import { migration as produce } from './0016-produce.ts';
import { migration as bank } from './0017-bank.ts';
import { migration as projections } from './0018-projections.ts';
import { migration as offices } from './0019-offices.ts';
import { migration as limits } from './0020-limits.ts';
import { migration as catalogue } from './0021-catalogue.ts';
import { migration as cycles } from './0022-cycles.ts';

/** Every step of `stoop.db`, oldest first; a released step is never edited. */
export const migrations: readonly Migration[] = [
  store,
  journal,
  outbox,
  members,
  garden,
  suppliers,
  orders,
  treasury,
  chain,
  keyChanges,
  attemptSenders,
  fees,
  notices,
  transfers,
  governance,
  produce,
  bank,
  projections,
  offices,
  limits,
  catalogue,
  cycles,
];
