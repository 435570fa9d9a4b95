/**
 * What a carrier without a chain knows of one delivery: the other side's answer, kept durably under the delivery's key.
 * Lanes read it with `{contract: <carrier>, fn: 'answerTo', args: [key]}`; undefined while nobody answered.
 */
export interface DeliveryAnswer {
  /** `taken`: theirs now. `refused`: never. `deferred`: not this time; again from `untilMs` on, under the same key. */
  readonly outcome: 'taken' | 'refused' | 'deferred';
  /** The other side's words, one line. */
  readonly words: string;
  /** How often it was put off. */
  readonly tries: number;
  readonly untilMs: number;
  readonly atMs: number;
}
