import type { NewGood } from '../../hub/src/modules/suppliers/index.ts';

export const supplier = { name: 'Hunts Point Produce Co-op', nameEs: 'Cooperativa de Hunts Point' };

type Good = Omit<NewGood, 'supplierId'>;
const dollars = (amount: number): number => Math.round(amount * 1_000_000);
const good = (
  title: string,
  titleEs: string,
  picture: string,
  unit: string,
  price: number,
  unitsPerCase: number,
  origin: string,
): Good => ({ title, titleEs, picture, unit, unitPriceMicros: dollars(price), unitsPerCase, origin });

/** Invented prices, of the size that a wholesale market asks. */
export const goods: readonly Good[] = [
  good('Long-grain rice, 5 lb bag', 'Arroz de grano largo, bolsa de 5 lb', 'rice', 'bag', 3.6, 12, 'Arkansas'),
  good('Black beans, 2 lb bag', 'Habichuelas negras, bolsa de 2 lb', 'beans', 'bag', 1.9, 20, 'Michigan'),
  good('Plantains, 4 lb', 'Plátanos, 4 lb', 'plantain', 'bundle', 2.75, 10, 'Ecuador'),
  good('Brown eggs, dozen', 'Huevos marrones, docena', 'eggs', 'dozen', 3.15, 15, 'Hudson Valley'),
  good('Collard greens, bunch', 'Berza, manojo', 'greens', 'bunch', 1.4, 24, 'New Jersey'),
  good('Sweet potatoes, 3 lb bag', 'Batatas, bolsa de 3 lb', 'sweet-potato', 'bag', 2.2, 16, 'North Carolina'),
  good('Olive oil, 1 L', 'Aceite de oliva, 1 L', 'olive-oil', 'bottle', 8.4, 6, 'California'),
  good('Oranges, 4 lb bag', 'Chinas, bolsa de 4 lb', 'oranges', 'bag', 3.3, 12, 'Florida'),
];
