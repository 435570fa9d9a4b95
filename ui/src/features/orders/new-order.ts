import type { Good, NewOrder } from '../../api/types.ts';
import { parseMoney } from '../../messages/parse-money.ts';

/** The form's fields as they are written. `choice` is a good's id, `other`, or empty while nothing is chosen. */
export interface OrderForm {
  choice: string;
  supplierId: string;
  title: string;
  titleEs: string;
  unit: string;
  price: string;
  perCase: string;
  cases: number;
  deadline: '1' | '3' | '7' | 'own';
  ownDeadline: string;
  executes: 'at-target' | 'at-last-call';
}

export type Choice = Good | 'other';

const EVENING_HOUR = 18;

export function emptyForm(): OrderForm {
  return {
    choice: '',
    supplierId: '',
    title: '',
    titleEs: '',
    unit: '',
    price: '',
    perCase: '',
    cases: 1,
    deadline: '3',
    ownDeadline: '',
    executes: 'at-target',
  };
}

/** When last call is: six in the evening after so many days, or as written; `undefined` while it is not in the future. */
export function deadlineOf(form: Pick<OrderForm, 'deadline' | 'ownDeadline'>, nowMs: number): number | undefined {
  if (form.deadline === 'own') {
    const atMs = new Date(form.ownDeadline).getTime();
    return atMs > nowMs ? atMs : undefined;
  }
  const at = new Date(nowMs);
  at.setDate(at.getDate() + Number(form.deadline));
  at.setHours(EVENING_HOUR, 0, 0, 0);
  return at.getTime();
}

/** The order that the form describes, or `undefined` while something is missing. */
export function orderOf(form: OrderForm, chosen: Choice, nowMs: number): NewOrder | undefined {
  const goods = chosen === 'other' ? writtenGoods(form) : goodsOf(chosen);
  const deadlineAtMs = deadlineOf(form, nowMs);
  if (!goods || deadlineAtMs === undefined) return undefined;
  const targetMicros = form.cases * goods.unitsPerCase * goods.unitPriceMicros;
  if (!Number.isSafeInteger(targetMicros)) return undefined;
  return { ...goods, targetMicros, deadlineAtMs, executes: form.executes };
}

type Goods = Pick<
  NewOrder,
  'title' | 'titleEs' | 'supplierId' | 'goodId' | 'unit' | 'unitPriceMicros' | 'unitsPerCase'
>;

function goodsOf(good: Good): Goods {
  const { id: goodId, title, titleEs, supplierId, unit, unitPriceMicros, unitsPerCase } = good;
  return { title, ...(titleEs ? { titleEs } : {}), supplierId, goodId, unit, unitPriceMicros, unitsPerCase };
}

function writtenGoods(form: OrderForm): Goods | undefined {
  const unitPriceMicros = parseMoney(form.price);
  const unitsPerCase = Number(form.perCase);
  const title = form.title.trim();
  const titleEs = form.titleEs.trim();
  const unit = form.unit.trim();
  const isCount = Number.isInteger(unitsPerCase) && unitsPerCase >= 1 && unitsPerCase <= 1000;
  if (!title || !unit || !form.supplierId || unitPriceMicros === undefined || !isCount) return undefined;
  return { title, ...(titleEs ? { titleEs } : {}), supplierId: form.supplierId, unit, unitPriceMicros, unitsPerCase };
}
