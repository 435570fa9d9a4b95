import type { Action, Store, Tx } from '../../platform/ports/index.ts';

/**
 * An action whose answer carries a secret (a token). The reply kept for the idempotency key never holds it: `work` answers
 * only ids. When the answer was lost and the same request comes again, `again` gives the row new secrets, and the lost
 * ones die.
 */
export async function actOnce<T>(
  store: Store,
  action: Action,
  work: (tx: Tx) => T,
  again: (tx: Tx, kept: T) => void,
): Promise<T> {
  let isNew = false;
  const kept = await store.act(action, (tx) => {
    isNew = true;
    return work(tx);
  });
  if (!isNew) await store.act({ name: `${action.name}.again`, actor: action.actor }, (tx) => again(tx, kept));
  return kept;
}
