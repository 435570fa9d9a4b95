import { SvelteMap } from 'svelte/reactivity';

/** Something a member began and has not finished; kept in memory only. */
export interface Draft {
  /** The page where it goes on. */
  path: string;
  title: string;
  /** The page's own fields. */
  fields: Readonly<Record<string, unknown>>;
}

/** Unfinished work by seat: it comes back with its member and is never shown to another. */
export interface Drafts {
  of(seat: number | undefined): Draft | undefined;
  keep(seat: number | undefined, draft: Draft): void;
  drop(seat: number | undefined): void;
}

export function createDrafts(): Drafts {
  const drafts = new SvelteMap<number, Draft>();
  return {
    of: (seat) => (seat === undefined ? undefined : drafts.get(seat)),
    keep(seat, draft) {
      if (seat !== undefined) drafts.set(seat, draft);
    },
    drop(seat) {
      if (seat !== undefined) drafts.delete(seat);
    },
  };
}
