import { type ApiError, asApiError } from '../api/api-error.ts';

/** Something that is being done for a person, with what became of it. */
export interface Doing {
  readonly isBusy: boolean;
  readonly error: ApiError | undefined;
  /** Does it unless something is being done already; gives its answer, or `undefined` after an error. */
  run<T>(work: () => Promise<T>): Promise<T | undefined>;
  clear(): void;
}

export function createDoing(): Doing {
  let isBusy = $state(false);
  let error = $state.raw<ApiError>();
  return {
    get isBusy() {
      return isBusy;
    },
    get error() {
      return error;
    },
    async run(work) {
      if (isBusy) return undefined;
      isBusy = true;
      error = undefined;
      try {
        return await work();
      } catch (thrown) {
        error = asApiError(thrown);
        return undefined;
      } finally {
        isBusy = false;
      }
    },
    clear() {
      error = undefined;
    },
  };
}
