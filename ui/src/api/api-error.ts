import type { ErrorCode } from '@stoop/hub/platform/errors.ts';

/** Codes of the page itself, beside the hub's catalogue. */
export type PageErrorCode =
  | 'no_connection'
  | 'unreadable_answer'
  | 'cancelled'
  | 'wallet_empty'
  | 'wallet_wrong_chain'
  | 'wallet_failed';

export type AnyErrorCode = ErrorCode | PageErrorCode;

/** A refusal of the hub, or no answer at all (`no_connection`). `details` fills the sentence that people read. */
export class ApiError extends Error {
  readonly code: AnyErrorCode;
  readonly details: Readonly<Record<string, string | number | boolean>>;
  readonly field: string | undefined;

  constructor(code: AnyErrorCode, details: ApiError['details'] = {}, field?: string) {
    super(code);
    this.name = 'ApiError';
    this.code = code;
    this.details = details;
    this.field = field;
  }
}

/** Anything thrown, as the page can show it; what is not the hub's refusal is the page's own failure. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const error = new ApiError('internal');
  error.cause = thrown;
  return error;
}
