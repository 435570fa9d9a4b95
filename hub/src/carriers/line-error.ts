/** What the system says when no byte can have reached the other side. */
export const neverReached = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
]);

/** No usable answer. `unsent`: the request cannot have reached anybody; `unanswered`: it may have. */
export class LineError extends Error {
  readonly kind: 'unsent' | 'unanswered';
  /** How long the other side asks to be left alone. */
  readonly askedMs?: number;

  constructor(kind: 'unsent' | 'unanswered', message: string, options: { cause?: unknown; askedMs?: number } = {}) {
    super(message, { cause: options.cause });
    this.name = 'LineError';
    this.kind = kind;
    this.askedMs = options.askedMs;
  }
}
