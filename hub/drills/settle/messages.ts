// What the drill and the people's process say to each other.
import type { Doors } from '../day/messages.ts';
import type { FastTime } from './clock.ts';

export type ToPeople =
  | { readonly say: 'up'; readonly doors: Doors }
  | { readonly say: 'down'; readonly atMs: number }
  | { readonly say: 'time'; readonly time: FastTime }
  /** How much has been acknowledged by now? */
  | { readonly say: 'mark' }
  /** A backup that was begun after `from` acknowledgements is back in place. */
  | { readonly say: 'restored'; readonly from: number }
  /** How much of each lane is not at its end. */
  | { readonly say: 'waiting'; readonly lanes: Readonly<Record<string, number>> }
  | { readonly say: 'finish' };

export type FromPeople =
  | { readonly say: 'marked'; readonly length: number }
  | {
      readonly say: 'finished';
      readonly refused: Readonly<Record<string, number>>;
      readonly unexpected: readonly string[];
    };
