import type { SupplierDetails } from '../../api/types.ts';
import { parseMoney } from '../../messages/parse-money.ts';

/** A supplier's fields as they are typed. */
export interface SupplierForm {
  name: string;
  nameEs: string;
  makerSeat: string;
  email: string;
  phone: string;
  address: string;
  customerNumber: string;
  paymentTerms: string;
  minimum: string;
  priceStop: string;
  orderFormat: 'pdf-csv' | 'unfi';
  deliveryDays: string[];
}

type Before = Omit<SupplierDetails, 'id' | 'revision' | 'state' | 'isMaker' | 'goodsCount'>;

export function formOf(before?: Before): SupplierForm {
  return {
    name: before?.name ?? '',
    nameEs: before?.nameEs ?? '',
    makerSeat: before?.makerSeat === undefined ? '' : String(before.makerSeat),
    email: before?.email ?? '',
    phone: before?.phone ?? '',
    address: before?.address ?? '',
    customerNumber: before?.customerNumber ?? '',
    paymentTerms: before?.paymentTerms ?? '',
    minimum: before?.minimumMicros === undefined ? '' : String(before.minimumMicros / 1_000_000),
    priceStop: String((before?.priceStopPermille ?? 250) / 10),
    orderFormat: before?.orderFormat ?? 'pdf-csv',
    deliveryDays: (before?.deliveryDays ?? []).map(String),
  };
}

/** What was typed, as the hub takes it; undefined while a figure is none or the name is missing. */
export function factsOf(form: SupplierForm): Before | undefined {
  const words = (written: string) => written.trim() || undefined;
  const seat = words(form.makerSeat);
  const minimum = words(form.minimum);
  const minimumMicros = minimum === undefined ? undefined : parseMoney(minimum);
  const percent = Number(form.priceStop.replace(',', '.'));
  const isWrong =
    !words(form.name) ||
    (seat !== undefined && !/^[1-9]\d{0,7}$/.test(seat)) ||
    (minimum !== undefined && minimumMicros === undefined) ||
    !(percent >= 0 && percent <= 1000);
  if (isWrong) return undefined;
  return {
    name: form.name.trim(),
    nameEs: words(form.nameEs),
    makerSeat: seat === undefined ? undefined : Number(seat),
    email: words(form.email),
    phone: words(form.phone),
    address: words(form.address),
    customerNumber: words(form.customerNumber),
    paymentTerms: words(form.paymentTerms),
    minimumMicros,
    priceStopPermille: Math.round(percent * 10),
    orderFormat: form.orderFormat,
    deliveryDays: form.deliveryDays.length > 0 ? form.deliveryDays.map(Number).sort() : undefined,
  };
}
