import type { NewGood, NewSupplier } from '../../hub/src/modules/suppliers/index.ts';

const dollars = (amount: number): number => Math.round(amount * 1_000_000);

export const supplier: NewSupplier = {
  name: 'Hunts Point Produce Co-op',
  nameEs: 'Cooperativa de Hunts Point',
  email: 'orders@hunts-point.example',
  phone: '+1 718 555 0142',
  address: '772 Edgewater Road\nBronx, NY 10474',
  customerNumber: 'TCH-1180',
  paymentTerms: '14 days after delivery',
  orderFormat: 'pdf-csv',
  minimumMicros: dollars(250),
  deliveryDays: [2, 5],
};

type Good = Omit<NewGood, 'supplierId'>;

function good(
  [title, titleEs, picture]: readonly [title: string, titleEs: string, picture: string],
  [unit, price, unitsPerCase, shelfPrice]: readonly [string, number, number, number],
  more: Partial<Good>,
): Good {
  const prices = { unitPriceMicros: dollars(price), shelfPriceMicros: dollars(shelfPrice) };
  return { title, titleEs, picture, unit, unitsPerCase, ...prices, ...more };
}

/** Invented prices, of the size that a wholesale market asks; in prefixes kept free for use inside a company. */
export const goods: readonly Good[] = [
  good(['Long-grain rice, 5 lb bag', 'Arroz de grano largo, bolsa de 5 lb', 'rice'], ['bag', 3.6, 12, 5.49], {
    sku: 'HP-1001',
    gtin: '00200000000011',
    category: 'Dry goods',
    unitSize: 5,
    measure: 'LBR',
    diets: ['vegan', 'gluten-free'],
    tiers: [{ fromUnits: 24, unitPriceMicros: dollars(3.35) }],
    origin: 'Arkansas',
  }),
  good(['Black beans, 2 lb bag', 'Habichuelas negras, bolsa de 2 lb', 'beans'], ['bag', 1.9, 20, 2.99], {
    sku: 'HP-1002',
    gtin: '00200000000028',
    category: 'Dry goods',
    unitSize: 2,
    measure: 'LBR',
    diets: ['vegan', 'gluten-free'],
    origin: 'Michigan',
  }),
  good(['Plantains, 4 lb', 'Plátanos, 4 lb', 'plantain'], ['bundle', 2.75, 10, 3.96], {
    sku: 'HP-2001',
    category: 'Produce',
    unitSize: 4,
    measure: 'LBR',
    diets: ['vegan'],
    origin: 'Ecuador',
  }),
  good(['Brown eggs, dozen', 'Huevos marrones, docena', 'eggs'], ['dozen', 3.15, 15, 4.79], {
    sku: 'HP-3001',
    category: 'Eggs and dairy',
    unitSize: 12,
    measure: 'H87',
    allergens: ['eggs'],
    diets: ['vegetarian'],
    origin: 'Hudson Valley',
  }),
  good(['Collard greens, bunch', 'Berza, manojo', 'greens'], ['bunch', 1.4, 24, 2.49], {
    sku: 'HP-2002',
    category: 'Produce',
    diets: ['vegan', 'organic'],
    origin: 'New Jersey',
  }),
  good(['Sweet potatoes, 3 lb bag', 'Batatas, bolsa de 3 lb', 'sweet-potato'], ['bag', 2.2, 16, 3.99], {
    sku: 'HP-2003',
    category: 'Produce',
    unitSize: 3,
    measure: 'LBR',
    diets: ['vegan'],
    origin: 'North Carolina',
  }),
  good(['Olive oil, 1 L', 'Aceite de oliva, 1 L', 'olive-oil'], ['bottle', 8.4, 6, 13.99], {
    sku: 'HP-1003',
    gtin: '00200000000035',
    category: 'Dry goods',
    unitSize: 1,
    measure: 'LTR',
    diets: ['vegan', 'gluten-free'],
    tiers: [
      { fromUnits: 12, unitPriceMicros: dollars(7.95) },
      { fromUnits: 24, unitPriceMicros: dollars(7.5) },
    ],
    origin: 'California',
  }),
  good(['Oranges, 4 lb bag', 'Chinas, bolsa de 4 lb', 'oranges'], ['bag', 3.3, 12, 5.29], {
    sku: 'HP-2004',
    category: 'Produce',
    unitSize: 4,
    measure: 'LBR',
    diets: ['vegan'],
    origin: 'Florida',
  }),
];

export interface Maker {
  readonly name: string;
  readonly nameEs: string;
  /** The neighbor who makes it. */
  readonly maker: string;
  readonly goods: readonly Good[];
}

/** Made in the building. */
export const makers: readonly Maker[] = [
  {
    name: 'Third Floor Kombucha',
    nameEs: 'Kombucha del tercer piso',
    maker: 'Keisha Brown',
    goods: [
      good(['Ginger kombucha, 500 ml', 'Kombucha de jengibre, 500 ml', 'kombucha'], ['bottle', 3, 12, 4.99], {
        category: 'Drinks',
        unitSize: 500,
        measure: 'MLT',
        diets: ['vegan', 'gluten-free'],
        depositMicros: dollars(0.5),
        origin: 'The Concourse House',
      }),
    ],
  },
  {
    name: 'Rooftop Cereal',
    nameEs: 'Cereal de la azotea',
    maker: 'Uchenna Obi',
    goods: [
      good(['Toasted oat cereal, 500 g', 'Cereal de avena tostada, 500 g', 'muesli'], ['bag', 4.2, 10, 6.49], {
        category: 'Dry goods',
        unitSize: 500,
        measure: 'GRM',
        allergens: ['gluten', 'nuts'],
        diets: ['vegetarian'],
        soldBy: 'piece',
        origin: 'The Concourse House',
      }),
    ],
  },
];
