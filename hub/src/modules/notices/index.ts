import type { Lane, Room } from '../../platform/ports/index.ts';
import { createHookLane, createMailLane, mailLaneName } from './notices.lanes.ts';
import { createNotices, type NoticesDeps } from './notices.ts';

export type { LetterReader } from './notices.lanes.ts';
export type { SettledOrder } from './notices.ts';

export interface NoticesRoomDeps extends NoticesDeps {
  readonly building: () => string;
  /** Lanes in which something waits: what waits for somebody who has left the settings must come to an end too. */
  readonly waitingLanes: readonly string[];
}

const hookPrefix = 'webhook:';

/** Whether what waits in the lane waits for a reader of notices, and not for the chain. */
export const isNoticeLane = (lane: string): boolean => lane === mailLaneName || lane.startsWith(hookPrefix);

/** Tells officers by letter, and other programs by webhook, what they have to know. Opt-in: without settings it does nothing. */
export function createNoticesRoom(deps: NoticesRoomDeps): Room & { readonly lanes: readonly Lane[] } {
  const { readers, hooks, building, waitingLanes } = deps;
  const nowMs = () => deps.clock.nowMs();
  const notices = createNotices(deps);
  const leftHooks = waitingLanes
    .filter((lane) => lane.startsWith(hookPrefix))
    .map((lane) => lane.slice(hookPrefix.length))
    .filter((name) => !hooks.includes(name));
  const hasMail = readers.length > 0 || waitingLanes.includes(mailLaneName);
  return {
    lanes: [
      ...(hasMail ? [createMailLane(readers, building, nowMs)] : []),
      ...[...hooks, ...leftHooks].map((name) => createHookLane(name, hooks.includes(name), building, nowMs)),
    ],
    jobs: readers.length + hooks.length > 0 ? [{ name: 'notices.look', run: () => notices.look() }] : [],
  };
}
