import { readStatement, type StatementInput, type StatementOutput } from './read-statement.ts';

/** Runs in a worker: ten thousand lines take longer than the main thread may be held. */
export default (input: StatementInput): StatementOutput => readStatement(input);
