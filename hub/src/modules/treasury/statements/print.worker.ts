import { printPaper, type ReceiptPaper, type StatementPaper } from './paper.ts';

/** Runs in a worker: drawing a page takes longer than the main thread may be held. */
export default (input: StatementPaper | ReceiptPaper): Promise<Uint8Array> => printPaper(input);
