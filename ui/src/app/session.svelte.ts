import type { Client } from '../api/client.ts';
import type { Me, Member, Role } from '../api/types.ts';

/** Who is at this browser: which approved device it is, and who is signed in. */
export interface Session {
  readonly isKnown: boolean;
  readonly device: Me['device'];
  readonly member: Member | undefined;
  readonly isKiosk: boolean;
  has(...roles: Role[]): boolean;
  /** Reads `/api/me` again. */
  refresh(): Promise<void>;
  /** Takes over what the hub just answered. */
  setMember(member: Member | undefined): void;
  /** Forgets the member here at once; the hub is told as soon as it can be. For the glass that the next person sees. */
  leave(): void;
  signOut(): Promise<void>;
  signOutEverywhere(): Promise<void>;
}

export interface SessionDeps {
  client: Client;
  /** Another person, or nobody, than before. */
  onOther: (member: Member | undefined) => void;
}

export function createSession({ client, onOther }: SessionDeps): Session {
  let me = $state.raw<Me>();
  /** Counts what is known better than an answer that was asked for before. */
  let turn = 0;
  /** Somebody left, and the hub has not heard it yet: its answers may still name them. */
  let isLeaving = false;

  function take(next: Me): void {
    const isOther = me !== undefined && me.member?.seat !== next.member?.seat;
    me = next;
    if (isOther) onOther(next.member);
  }

  function setMember(member: Member | undefined): void {
    turn++;
    if (member) isLeaving = false;
    take({ ...me, member });
  }

  async function end(path: string): Promise<void> {
    await client.send('DELETE', path);
    isLeaving = false;
    setMember(undefined);
  }
  const signOut = () => end('/api/sessions/current');

  return {
    get isKnown() {
      return me !== undefined;
    },
    get device() {
      return me?.device;
    },
    get member() {
      return me?.member;
    },
    get isKiosk() {
      return me?.device?.kind === 'kiosk';
    },
    has: (...roles) => roles.some((role) => me?.member?.roles.includes(role) ?? false),
    async refresh() {
      const mine = ++turn;
      const { value } = await client.get<Me>('/api/me');
      if (mine !== turn) return;
      // Whoever left must not come back on the glass.
      take(isLeaving ? { ...value, member: undefined } : value);
      if (isLeaving && value.member) void signOut().catch(() => undefined);
    },
    setMember,
    leave() {
      isLeaving = true;
      setMember(undefined);
      void signOut().catch(() => undefined);
    },
    signOut,
    signOutEverywhere: () => end('/api/sessions'),
  };
}
