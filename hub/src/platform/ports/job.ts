/** A scheduled job of the building; `timetable.ts` alone decides when it runs. */
export interface Job {
  /** `<noun>.<verb>`. */
  readonly name: string;
  /** It moves money or binds somebody: it waits until a restored hub has compared itself with its chain. */
  readonly movesMoney?: true;
  /** Never overlaps itself; failures are counted and become a fault. */
  run(signal: AbortSignal): Promise<void>;
}

/** Anything the process starts and stops. Constructors do nothing. */
export interface Part {
  readonly name: string;
  start(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}
