import type { Change, DomainEvent } from './ports/index.ts';

/** A live event without a place in the change log (a reading): shown to who is there, never replayed. */
export interface Transient {
  readonly noun: string;
  readonly id: string;
}

type Listener<T> = (value: T) => void;

/** After-commit news between rooms, and the live feed of the page. */
export interface EventBus {
  publish(event: DomainEvent): void;
  on(type: string, listener: Listener<DomainEvent>): () => void;
  publishChanges(changes: readonly Change[]): void;
  onChanges(listener: Listener<readonly Change[]>): () => void;
  publishTransient(value: Transient): void;
  onTransient(listener: Listener<Transient>): () => void;
}

/** A failing listener is reported to `onError` and never stops the others: the commit has already happened. */
export function createEventBus(onError: (error: unknown, type: string) => void): EventBus {
  const listeners = new Map<string, Set<Listener<never>>>();

  function add<T>(type: string, listener: Listener<T>): () => void {
    const set = listeners.get(type) ?? new Set();
    listeners.set(type, set);
    set.add(listener as Listener<never>);
    return () => void set.delete(listener as Listener<never>);
  }

  function tell<T>(type: string, value: T): void {
    for (const listener of listeners.get(type) ?? []) {
      try {
        (listener as Listener<T>)(value);
      } catch (error) {
        onError(error, type);
      }
    }
  }

  return {
    publish: (event) => tell(`event:${event.type}`, event),
    on: (type, listener) => add(`event:${type}`, listener),
    publishChanges: (changes) => void (changes.length > 0 && tell('changes', changes)),
    onChanges: (listener) => add('changes', listener),
    publishTransient: (value) => tell('transient', value),
    onTransient: (listener) => add('transient', listener),
  };
}
