import type { Journal } from '../../journal/index.ts';
import { fail } from '../../platform/errors.ts';
import type { Reader, Room, SeatNumber, Store } from '../../platform/ports/index.ts';
import type { Workers } from '../../platform/workers.ts';
import { bankRoutes } from './bank/bank.routes.ts';
import type { Explanation } from './bank/bank.schema.ts';
import type { LineRow } from './bank/bank.store.ts';
import { createBank } from './bank/bank.ts';
import { cashRoutes } from './cash/cash.routes.ts';
import { findCarry } from './cash/cash.store.ts';
import { createCash, receiptReference } from './cash/cash.ts';
import { exportRoutes } from './export/export.routes.ts';
import { findInvoice, invoiceRoutes } from './invoices/invoices.ts';
import { reconciliationRoutes } from './reconciliation/reconciliation.routes.ts';
import { comparisonJob, type ReconciliationDeps } from './reconciliation/reconciliation.ts';
import { reversalRoutes } from './reversals/reversals.routes.ts';
import { createReversals, type Redeem } from './reversals/reversals.ts';
import type { ReceiptPaper } from './statements/paper.ts';
import { printModule, type StatementDeps, statementRoutes } from './statements/statements.routes.ts';
import { findDeposit } from './treasury.store.ts';
import type { Treasury } from './treasury.ts';

export interface DeskDeps extends ReconciliationDeps, StatementDeps {
  readonly store: Store;
  readonly journal: Journal;
  readonly treasury: Treasury;
  readonly workers: Pick<Workers, 'run'>;
  /** The database's file, for what reads it in a worker. */
  readonly storePath: string;
  readonly namesOfSeats: (reader: Reader) => readonly { seat: SeatNumber; name: string }[];
  readonly supplierName: (reader: Reader, id: string) => string | undefined;
  /** What a redemption pays out, when there is one of that id. */
  readonly redemptionMicros: (reader: Reader, id: string) => number | undefined;
  /** The member signs money back to the co-op; `first` is done before it in the same unit of work. */
  readonly redeem: Redeem;
}

/** What the treasurer works with beside deposits and settling: the bank's files, the till, books and their checks. */
export function createDesk(deps: DeskDeps): Room {
  const { store, treasury, workers, nameOf } = deps;
  const checkSubject = (reader: Reader, line: LineRow, explanation: Explanation) =>
    check(deps, reader, line, explanation);
  const bank = createBank({ store, treasury, workers, payers: deps.namesOfSeats, checkSubject });
  const cash = createCash({ store, treasury });
  const reversals = createReversals({ store, journal: deps.journal, treasury, redeem: deps.redeem });
  const titleOf: StatementDeps['titleOf'] = (reader, noun, id, seat) =>
    noun === 'deposit' ? findDeposit(reader, id)?.reference : deps.titleOf(reader, noun, id, seat);
  return {
    routes: [
      ...bankRoutes({ store, bank, nameOf, payers: deps.namesOfSeats }),
      ...cashRoutes({
        store,
        cash,
        nameOf,
        print({ number, memberName, byName, kind, document, seat, atMs, amountMicros }, language) {
          const building = store.read(deps.buildingName) ?? '';
          const paper: ReceiptPaper = {
            what: 'receipt',
            building,
            name: receiptReference(number),
            member: memberName,
            by: byName,
            kind,
            document,
            seat,
            atMs,
            amountMicros,
            language,
          };
          return workers.run<Uint8Array>(printModule, paper);
        },
      }),
      ...invoiceRoutes(deps),
      ...reconciliationRoutes(deps),
      ...statementRoutes({ ...deps, titleOf }),
      ...exportRoutes(workers, deps.storePath),
      ...reversalRoutes({ store, reversals, nameOf }),
    ],
    jobs: [comparisonJob(deps)],
  };
}

/** Whether a line can be what the treasurer says of it: the right way round, and of the same amount as its subject. */
function check(deps: DeskDeps, reader: Reader, line: LineRow, { cause, subjectId }: Explanation): void {
  const sign = { invoice: -1, redemption: -1, returned: -1, cash: 1, 'money-order': 1, interest: 1, fee: -1, own: 0 }[
    cause
  ];
  if (sign !== 0 && Math.sign(line.amountMicros) !== sign)
    throw fail('bad_request', { field: 'cause', rule: `must be money that ${sign > 0 ? 'came in' : 'went out'}` });
  if (subjectId === undefined) return;
  const subjects: Partial<Record<Explanation['cause'], () => number | undefined>> = {
    invoice: () => findInvoice(reader, subjectId)?.amountMicros,
    redemption: () => deps.redemptionMicros(reader, subjectId),
    cash: () => carried(reader, 'cash', subjectId),
    'money-order': () => carried(reader, 'money-order', subjectId),
    returned: () => findDeposit(reader, subjectId)?.amountMicros,
  };
  const amountMicros = subjects[cause]?.();
  if (amountMicros === undefined) throw fail('not_found', { noun: cause });
  if (amountMicros !== Math.abs(line.amountMicros))
    throw fail('bad_request', { field: 'subjectId', rule: `must be of the line’s amount, not ${amountMicros}` });
}

function carried(reader: Reader, kind: string, id: string): number | undefined {
  const carry = findCarry(reader, id);
  return carry?.kind === kind ? carry.amountMicros : undefined;
}
