import { goods as enGoods } from './en/goods.ts';
import { suppliers as enSuppliers } from './en/suppliers.ts';
import { goods as esGoods } from './es/goods.ts';
import { suppliers as esSuppliers } from './es/suppliers.ts';

/** The words of goods, suppliers and price files: they come with those pages. */
export const goodsWords = {
  en: { ...enGoods, ...enSuppliers },
  es: { ...esGoods, ...esSuppliers },
} as const;
