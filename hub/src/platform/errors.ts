/** Where a failure belongs; the page places the message by it. */
export type ErrorClass =
  | 'request'
  | 'permission'
  | 'state'
  | 'money'
  | 'store'
  | 'device'
  | 'chain'
  | 'config'
  | 'busy';

interface Entry {
  readonly status: number;
  readonly class: ErrorClass;
  /** English for logs and API users; `{name}` is filled from the details. The page has its own texts by code. */
  readonly message: string;
}

/** Every error a caller can meet. The code is stable. */
export const catalogue = {
  // requests
  bad_request: { status: 400, class: 'request', message: '{field}: {rule}' },
  not_found: { status: 404, class: 'request', message: 'There is no such {noun}.' },
  method_not_allowed: { status: 405, class: 'request', message: 'This address does not take {method}.' },
  body_too_large: { status: 413, class: 'request', message: 'The body is larger than {limit} bytes.' },
  unsupported_media_type: { status: 415, class: 'request', message: 'Send application/json.' },
  too_many_requests: { status: 429, class: 'busy', message: 'Too many tries. Try again in {seconds} s.' },
  idempotency_key_missing: {
    status: 400,
    class: 'request',
    message: 'Idempotency-Key: must be a UUID, one per intention.',
  },
  idempotency_key_reused: { status: 409, class: 'request', message: 'Idempotency-Key: was used for another request.' },
  foreign_host: { status: 421, class: 'permission', message: 'Host: this hub does not answer to that name.' },
  foreign_origin: { status: 403, class: 'permission', message: 'Origin: requests must come from this hub’s own page.' },
  https_needed: {
    status: 403,
    class: 'permission',
    message: 'Over plain HTTP this hub answers only on the machine itself; use https.',
  },

  // permission
  not_signed_in: { status: 401, class: 'permission', message: 'Sign in first.' },
  session_expired: { status: 401, class: 'permission', message: 'You were signed out. Sign in again.' },
  not_allowed: { status: 403, class: 'permission', message: 'This needs {needs}.' },
  device_not_approved: { status: 403, class: 'permission', message: 'This needs an approved {kind}.' },
  grant_needed: { status: 403, class: 'permission', message: 'Enter your PIN to sign this.' },
  wrong_pin: { status: 403, class: 'permission', message: 'pin: is not right.' },
  locked_out: { status: 429, class: 'permission', message: 'Too many wrong PINs. Try again in {seconds} s.' },
  wrong_recovery_code: { status: 403, class: 'permission', message: 'recoveryCode: is not right.' },
  wallet_elsewhere: {
    status: 403,
    class: 'permission',
    message: 'Your key is your own wallet: do this on the phone or computer where it is.',
  },
  wallet_refused: { status: 403, class: 'permission', message: 'Your wallet did not sign.' },
  wallet_silent: { status: 403, class: 'permission', message: 'Your wallet has not signed within {seconds} s.' },
  wrong_passphrase: { status: 403, class: 'permission', message: 'passphrase: is not right.' },
  code_expired: { status: 410, class: 'permission', message: 'code: is used, expired or unknown.' },

  // state
  conflict: { status: 409, class: 'state', message: '{noun}: was changed by somebody else; read it again.' },
  already_exists: { status: 409, class: 'state', message: '{field}: is taken.' },
  order_closed: { status: 409, class: 'state', message: 'This order takes no more changes.' },
  order_full: { status: 409, class: 'state', message: 'This order takes at most {limit} people.' },
  already_joined: { status: 409, class: 'state', message: 'You have joined this order; change your line instead.' },
  hurts_others: {
    status: 409,
    class: 'state',
    message: '{field}: at last call only what fills a case, or hurts nobody else.',
  },
  cycle_step: { status: 409, class: 'state', message: 'A cycle that is {state} cannot become {to}.' },
  proposal_closed: { status: 409, class: 'state', message: 'This proposal takes no more votes.' },
  too_many_proposals: { status: 409, class: 'state', message: 'A member makes at most {limit} proposals in a season.' },
  seat_too_new: { status: 409, class: 'state', message: 'Your seat came when this proposal was open already.' },
  not_enough_credits: { status: 409, class: 'state', message: 'That costs {needed} credits; you can use {left} here.' },
  not_enough_gro: {
    status: 409,
    class: 'state',
    message: 'Free to lock: {availableMicros}; wanted: {neededMicros} (micro-GRO).',
  },
  lock_running: { status: 409, class: 'state', message: 'There is no lock that has ended.' },
  not_joined: { status: 409, class: 'state', message: 'You have not joined this order.' },
  lot_not_certified: { status: 409, class: 'state', message: 'This lot is not certified yet.' },
  lot_recalled: { status: 409, class: 'state', message: 'This lot is recalled: do not eat it.' },
  above_certified: {
    status: 409,
    class: 'state',
    message: 'That is more than was certified; {leftGrams} g are left.',
  },
  not_enough_produce: {
    status: 409,
    class: 'state',
    message: 'You have {ownedGrams} g of it; needed: {neededGrams} g.',
  },
  prices_stopped: {
    status: 409,
    class: 'state',
    message: '{count} prices moved far; somebody must confirm each before the file can be applied.',
  },
  newer_prices: {
    status: 409,
    class: 'state',
    message: 'The list has changed since this file was applied; it cannot be put back any more.',
  },
  clock_untrusted: {
    status: 409,
    class: 'state',
    message: 'The hub is not sure of the time; a coordinator must confirm it.',
  },
  not_founded: { status: 409, class: 'state', message: 'This building is not set up yet.' },

  // money
  not_enough_money: {
    status: 409,
    class: 'money',
    message: 'Free to use: {availableMicros}; needed: {neededMicros} (micro-units).',
  },
  account_short: { status: 409, class: 'money', message: 'This account is short; nothing new can be set aside.' },
  above_daily_limit: {
    status: 409,
    class: 'money',
    message: '{field}: {rule}; {limitMicros} (micro-units) may leave this account in a day.',
  },
  amount_invalid: {
    status: 400,
    class: 'money',
    message: '{field}: must be a whole number of micro-units, more than 0.',
  },

  already_sent: {
    status: 409,
    class: 'money',
    message: '{noun}: has left for the chain; it can only be reversed, with a second officer.',
  },
  till_closed: { status: 409, class: 'money', message: 'Open the till first.' },
  till_open: { status: 409, class: 'money', message: 'The till is open; count and close it first.' },
  second_person_needed: { status: 403, class: 'permission', message: 'Another officer must confirm this, not {who}.' },

  // hub
  store_newer: { status: 503, class: 'store', message: 'The database is of version {found}; this hub knows {known}.' },
  store_unavailable: { status: 503, class: 'store', message: 'The store cannot be opened.' },
  backup_damaged: { status: 500, class: 'store', message: 'The backup {file} is damaged: {reason}.' },
  wrong_recovery_key: {
    status: 403,
    class: 'permission',
    message: 'This recovery key does not open it; it needs the one with the fingerprint {fingerprint}.',
  },
  data_in_use: { status: 503, class: 'store', message: 'The data folder is in use by {holder}.' },
  disk_full: { status: 507, class: 'store', message: 'The disk is too full for that.' },
  busy: { status: 429, class: 'busy', message: 'The hub is busy. Try again in {seconds} s.' },
  stopping: { status: 503, class: 'busy', message: 'The hub is stopping.' },
  catching_up: {
    status: 503,
    class: 'busy',
    message: 'The hub has been restored and is comparing with the chain; try again in a moment.',
  },
  chain_mismatch: { status: 503, class: 'chain', message: 'The chain is another one: {what}.' },
  chain_offline: { status: 503, class: 'chain', message: 'There is no connection to the chain.' },
  chain_stopped: {
    status: 503,
    class: 'chain',
    message: 'The embedded chain has stopped ({reason}) and is started again.',
  },
  chain_unreadable: { status: 503, class: 'chain', message: 'The chain’s events cannot be read on: {reason}' },
  chain_refused: { status: 502, class: 'chain', message: 'The chain refuses {what}: {reason}' },
  carrier_offline: { status: 503, class: 'state', message: '{carrier} does not take or tell anything: {reason}' },
  spending_cap: {
    status: 503,
    class: 'chain',
    message: 'The money for settling of 24 hours is spent; what waits goes later, or when the treasurer presses.',
  },
  config_invalid: { status: 500, class: 'config', message: '{key}: {rule}' },
  internal: { status: 500, class: 'state', message: 'Something went wrong here; nothing was changed.' },
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof catalogue;
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

export class StoopError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly class: ErrorClass;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    const entry = catalogue[code];
    super(
      entry.message.replace(/\{(\w+)\}/g, (_, name: string) => String(details[name] ?? name)),
      cause === undefined ? undefined : { cause },
    );
    this.name = 'StoopError';
    this.code = code;
    this.status = entry.status;
    this.class = entry.class;
    this.details = details;
  }
}

/** The error to throw: `throw fail('not_found', {noun: 'order'})`. */
export function fail(code: ErrorCode, details?: ErrorDetails, cause?: unknown): StoopError {
  return new StoopError(code, details, cause);
}

/** True for an error of the catalogue, of that code when one is given. */
export function isStoopError(error: unknown, code?: ErrorCode): error is StoopError {
  return error instanceof StoopError && (code === undefined || error.code === code);
}
