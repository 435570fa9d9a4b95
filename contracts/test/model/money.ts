/** Food-USD as it is meant to be, in plain terms: the reference that the contract is compared with, step by step. */
import {
  Account,
  type Deposit,
  defect,
  type Found,
  type Redeem,
  type Seat,
  type Signed,
  type SignedTransfer,
  type Spend,
  type State,
} from './money-words.ts';

export const DAY = 24 * 3600;
export const UNLIMITED = 2n ** 256n - 1n;
const PAUSE = 3 * DAY;
const RAISE_DELAY = 2 * DAY;
const CHANGE_DELAY = 2 * DAY;
const RECOVERY_DELAY = 7 * DAY;
const RESTORE_AFTER = 30 * DAY;

export class Money {
  now = 0;
  supply = 0n;
  reserve = 0n;
  sequence = 0;
  pausedUntil = 0;
  mintedOn = -1;
  minted = 0n;
  readonly accounts = new Map<string, Account>();
  readonly seats = new Map<number, Seat>();
  readonly formerSeats = new Map<string, number>();
  readonly deposits = new Set<string>();
  readonly redemptions = new Map<string, { seat: number; amount: bigint; at: number; state: State }>();
  readonly usedNonces = new Set<string>();
  readonly usedSpends = new Set<string>();
  readonly token: string;
  readonly minter: string;
  readonly defaultLimit: bigint;
  readonly mintAllowance: bigint;

  constructor(facts: { token: string; minter: string; defaultLimit: bigint; mintAllowance: bigint }) {
    this.token = facts.token;
    this.minter = facts.minter;
    this.defaultLimit = facts.defaultLimit;
    this.mintAllowance = facts.mintAllowance;
  }

  account(key: string): Account {
    const found = this.accounts.get(key) ?? new Account();
    this.accounts.set(key, found);
    return found;
  }

  get today(): number {
    return Math.floor(this.now / DAY);
  }

  get paused(): boolean {
    return this.now < this.pausedUntil;
  }

  seatOf(key: string): number | undefined {
    return [...this.seats].find(([, seat]) => seat.key === key)?.[0];
  }

  spentToday(account: Account): bigint {
    return account.spentOn === this.today ? account.spent : 0n;
  }

  /** The default applies to members' accounts only. */
  limitOf(account: Account): bigint {
    return account.ownLimit || (account.member ? this.defaultLimit : UNLIMITED);
  }

  mintedToday(): bigint {
    return this.mintedOn === this.today ? this.minted : 0n;
  }

  // What no signature of a member is needed for.

  attest(reserve: bigint, sequence: number): string[] {
    if (sequence <= this.sequence) return ['StaleAttestation'];
    this.reserve = reserve;
    this.sequence = sequence;
    return [];
  }

  mint(items: readonly Deposit[]): Found | string[] {
    if (this.paused) return ['Paused'];
    return items.map((item) => {
      const found: number[] = [];
      const seat = this.seats.get(item.seat);
      if (this.deposits.has(item.ref)) found.push(defect.used);
      if (this.now > item.validUntil) found.push(defect.expired);
      if (item.amount === 0n) found.push(defect.badAmount);
      if (item.signer !== this.minter) found.push(defect.wrongSigner);
      if (!seat) found.push(defect.unknownSeat);
      if (this.supply + item.amount > this.reserve) found.push(defect.aboveReserve);
      if (this.mintedToday() + item.amount > this.mintAllowance) found.push(defect.overAllowance);
      if (!seat || found.length > 0) return found;
      this.minted = this.mintedToday() + item.amount;
      this.mintedOn = this.today;
      this.deposits.add(item.ref);
      this.supply += item.amount;
      const account = this.account(seat.key);
      account.member = true;
      account.balance += item.amount;
      return found;
    });
  }

  pause(): string[] {
    if (this.pausedUntil !== 0 && this.now < this.pausedUntil + PAUSE) return ['PausedBefore'];
    this.pausedUntil = this.now + PAUSE;
    return [];
  }

  unpause(): string[] {
    if (this.pausedUntil === 0) return ['NotPaused'];
    this.pausedUntil = 0;
    return [];
  }

  // Seats, as far as the money depends on them.

  freeze(number: number, frozen: boolean): string[] {
    const seat = this.seats.get(number)!;
    seat.frozen = frozen;
    seat.freezeRevision += 1;
    return [];
  }

  retire(number: number): string[] {
    const seat = this.seats.get(number)!;
    if (seat.retired) return ['SeatIsRetired'];
    seat.retired = true;
    return [];
  }

  announceKey(number: number, newKey: string, isRecovery: boolean): string[] {
    const seat = this.seats.get(number)!;
    if (seat.frozen && !isRecovery) return ['SeatIsFrozen'];
    seat.change = { newKey, at: this.now + (isRecovery ? RECOVERY_DELAY : CHANGE_DELAY), isRecovery };
    seat.keyRevision += 1;
    return [];
  }

  applyKey(number: number): string[] {
    const seat = this.seats.get(number)!;
    if (!seat.change) return ['NoKeyChange'];
    const errors: string[] = [];
    if (this.now < seat.change.at) errors.push('TooEarly');
    if (seat.frozen && !seat.change.isRecovery) errors.push('SeatIsFrozen');
    if (errors.length > 0) return errors;
    this.formerSeats.set(seat.key, number);
    seat.key = seat.change.newKey;
    seat.change = undefined;
    return [];
  }

  mirror(numbers: readonly number[]): string[] {
    for (const number of numbers) {
      const seat = this.seats.get(number);
      if (seat) this.mirrorOne(seat);
    }
    return [];
  }

  carry(oldKey: string): string[] {
    const number = this.formerSeats.get(oldKey);
    const errors: string[] = [];
    if (this.paused) errors.push('Paused');
    if (number === undefined) errors.push('NotAFormerKey');
    if (number === undefined || errors.length > 0) return errors;
    const seat = this.seats.get(number)!;
    const [from, to] = [this.account(oldKey), this.account(seat.key)];
    to.balance += from.balance;
    from.balance = 0n;
    this.mirrorOne(seat);
    if (to.ownLimit === 0n) to.ownLimit = from.ownLimit;
    return [];
  }

  // What a holder does.

  approve(owner: string, amount: bigint): string[] {
    this.account(owner).allowance = amount;
    return [];
  }

  /** Why the amount cannot leave the account by a plain transfer. */
  whyNotMove(from: string, to: string, amount: bigint): string[] {
    const account = this.account(from);
    const errors: string[] = [];
    if (this.paused) errors.push('Paused');
    if (to === this.token) errors.push('ERC20InvalidReceiver');
    if (account.frozen) errors.push('AccountIsFrozen');
    if (account.balance < amount) errors.push('ERC20InsufficientBalance');
    const limit = this.limitOf(account);
    if (limit !== UNLIMITED && this.spentToday(account) + amount > limit) errors.push('DailyLimitExceeded');
    return errors;
  }

  transfer(from: string, to: string, amount: bigint): string[] {
    const errors = this.whyNotMove(from, to, amount);
    if (errors.length === 0) {
      const account = this.account(from);
      if (this.limitOf(account) !== UNLIMITED) this.count(account, amount);
      account.balance -= amount;
      this.account(to).balance += amount;
    }
    return errors;
  }

  transferFrom(from: string, to: string, amount: bigint): string[] {
    const errors = this.whyNotTransferFrom(from, to, amount);
    if (errors.length > 0) return errors;
    const account = this.account(from);
    if (account.allowance !== UNLIMITED) account.allowance -= amount;
    return this.transfer(from, to, amount);
  }

  whyNotTransferFrom(from: string, to: string, amount: bigint): string[] {
    const errors = this.whyNotMove(from, to, amount);
    if (this.account(from).allowance < amount) errors.push('ERC20InsufficientAllowance');
    return errors;
  }

  transferBatch(items: readonly SignedTransfer[]): Found | string[] {
    if (this.paused) return ['Paused'];
    return items.map((item) => {
      const nonce = `${item.seat} ${item.nonce}`;
      const found = this.whyNotTake(item, { retiredToo: false });
      if (this.usedNonces.has(nonce)) found.push(defect.used);
      if (item.amount === 0n) found.push(defect.badAmount);
      if (item.to === this.token) found.push(defect.badReceiver);
      if (found.length > 0) return found;
      this.usedNonces.add(nonce);
      this.take(item, item.to);
      return found;
    });
  }

  requestRedemptions(items: readonly Redeem[]): Found | string[] {
    if (this.paused) return ['Paused'];
    return items.map((item) => {
      const found = this.whyNotTake(item, { retiredToo: true });
      if (this.redemptions.has(item.ref)) found.push(defect.used);
      if (item.amount === 0n) found.push(defect.badAmount);
      if (found.length > 0) return found;
      this.redemptions.set(item.ref, { seat: item.seat, amount: item.amount, at: this.now, state: 'pending' });
      this.take(item, this.token);
      return found;
    });
  }

  /** By a minter's signature: paid out and gone, or back at the seat's current key. Neither rests while the token does. */
  endRedemption(ref: string, state: 'paid' | 'restored', signer: string, validUntil: number): string[] {
    const errors: string[] = [];
    if (this.now > validUntil) errors.push('MessageExpired');
    if (signer !== this.minter) errors.push('NotAMinter');
    return this.end(ref, state, errors);
  }

  restoreLate(ref: string): string[] {
    const redemption = this.redemptions.get(ref);
    const errors = redemption && this.now < redemption.at + RESTORE_AFTER ? ['RestoredTooEarly'] : [];
    return this.end(ref, 'restored', errors);
  }

  setLimit(number: number, limit: bigint, revision: number, signer: string, validUntil: number): string[] {
    const seat = this.seats.get(number);
    const errors: string[] = [];
    if (this.now > validUntil) errors.push('MessageExpired');
    if (limit === 0n) errors.push('BadLimit');
    if (!seat || seat.key !== signer) errors.push('LimitNotSignedBySeat');
    if (!seat || errors.length > 0) return errors;
    const account = this.account(seat.key);
    if (revision <= account.limitRevision) return ['StaleLimitRevision'];
    account.limitRevision = revision;
    const raises = limit > (account.ownLimit || this.defaultLimit);
    account.raise = raises ? { to: limit, at: this.now + RAISE_DELAY } : undefined;
    if (!raises) account.ownLimit = limit;
    return [];
  }

  applyLimit(key: string): string[] {
    const account = this.account(key);
    if (!account.raise) return ['NothingAnnounced'];
    if (this.now < account.raise.at) return ['TooEarly'];
    account.ownLimit = account.raise.to;
    account.raise = undefined;
    return [];
  }

  // Spends, for the book of orders.

  /** What each spend of a batch would meet; a seat is taken once for a subject, ever. Changes nothing. */
  whyNotSpend(subject: string, items: readonly Spend[]): Found {
    const taken = new Set<number>();
    return items.map((item) => {
      const found = this.whyNotTake(item, { retiredToo: false });
      if (this.usedSpends.has(`${subject} ${item.seat}`) || taken.has(item.seat)) found.push(defect.used);
      if (item.amount === 0n || item.amount > item.maxAmount) found.push(defect.badAmount);
      if (found.length === 0) taken.add(item.seat);
      return found;
    });
  }

  spend(subject: string, items: readonly Spend[], payee: string): void {
    for (const item of items) {
      this.usedSpends.add(`${subject} ${item.seat}`);
      this.take(item, undefined);
    }
    this.account(payee).balance += items.reduce((sum, item) => sum + item.amount, 0n);
  }

  private whyNotTake(item: Signed, { retiredToo }: { retiredToo: boolean }): number[] {
    const found: number[] = [];
    if (this.now > item.validUntil) found.push(defect.expired);
    const seat = this.seats.get(item.seat);
    if (!seat) return [...found, defect.unknownSeat];
    const account = this.account(seat.key);
    if (seat.frozen || account.frozen) found.push(defect.seatFrozen);
    if (seat.retired && !retiredToo) found.push(defect.retired);
    if (item.signer !== seat.key) found.push(defect.wrongSigner);
    if (account.balance < item.amount) found.push(defect.unfunded);
    const limit = account.ownLimit || this.defaultLimit;
    if (this.spentToday(account) + item.amount > limit) found.push(defect.overLimit);
    return found;
  }

  private take(item: Signed, to: string | undefined): void {
    const account = this.account(this.seats.get(item.seat)!.key);
    this.count(account, item.amount);
    account.balance -= item.amount;
    if (to) this.account(to).balance += item.amount;
  }

  private count(account: Account, amount: bigint): void {
    account.spent = this.spentToday(account) + amount;
    account.spentOn = this.today;
  }

  private mirrorOne(seat: Seat): void {
    const account = this.account(seat.key);
    account.frozen = seat.frozen;
    account.member = true;
  }

  private end(ref: string, state: 'paid' | 'restored', errors: string[]): string[] {
    const redemption = this.redemptions.get(ref);
    if (redemption?.state !== 'pending') errors.push('RedemptionNotPending');
    if (!redemption || errors.length > 0) return errors;
    redemption.state = state;
    this.account(this.token).balance -= redemption.amount;
    if (state === 'paid') this.supply -= redemption.amount;
    else this.account(this.seats.get(redemption.seat)!.key).balance += redemption.amount;
    return [];
  }
}
