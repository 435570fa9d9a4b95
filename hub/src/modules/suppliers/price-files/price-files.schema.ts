import { type Static, type TInteger, type TOptional, Type } from '@sinclair/typebox';
import { plainText } from '../../../platform/plain-text.ts';
import type { Good, GoodFacts } from '../goods.schema.ts';

const oneOf = <T extends string>(...values: T[]) => Type.Unsafe<T>(Type.String({ enum: values }));
const column = Type.Integer({ minimum: 0, maximum: 199 });

/** `foodsoft`: its version 5 CSV. `unfi`: the columns that CORE-POS reads. `generic`: what the mapping says, CSV or XLSX. */
export const PriceFormat = oneOf('unfi', 'foodsoft', 'generic');
export type PriceFormat = Static<typeof PriceFormat>;

export const Encoding = oneOf('utf-8', 'utf-16', 'windows-1252', 'ibm850');
export type Encoding = Static<typeof Encoding>;

/** What a column of a price file may be; counted from 0. */
export const priceColumns = [
  'sku',
  'title',
  'titleEs',
  'brand',
  'category',
  'gtin',
  'casePrice',
  'unitPrice',
  'unitsPerCase',
  'unitSize',
  'measure',
  'unit',
  'shelfPrice',
  'deposit',
  'tax',
  'minCases',
  'tierFrom',
  'tierPrice',
  'origin',
  'status',
] as const;
export type PriceColumn = (typeof priceColumns)[number];

const Columns = Type.Object(
  Object.fromEntries(priceColumns.map((name) => [name, Type.Optional(column)])) as Record<
    PriceColumn,
    TOptional<TInteger>
  >,
  { additionalProperties: false },
);

/** How a supplier's file is read; kept per supplier and format. */
export const PriceMapping = Type.Object(
  {
    encoding: Type.Optional(Encoding),
    delimiter: Type.Optional(oneOf(',', ';', '\t', '|')),
    decimal: Type.Optional(oneOf('.', ',')),
    /** Rows above the first article, the head among them. */
    skipRows: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    columns: Type.Optional(Columns),
  },
  { additionalProperties: false },
);
export type PriceMapping = Static<typeof PriceMapping>;

/** The file's bytes, gzipped, in base64: what takes 100 000 rows fits into 4 MB. */
const content = Type.String({ minLength: 8, maxLength: 5_592_408, pattern: '^[A-Za-z0-9+/]+={0,2}$' });

export const PriceFileBody = Type.Object(
  {
    fileName: plainText(200),
    format: PriceFormat,
    content,
    mapping: Type.Optional(PriceMapping),
    /** It lists all that the supplier has: what is not in it goes out. */
    isWhole: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type PriceFileBody = Static<typeof PriceFileBody>;

/** What a cell, row or file broke; the page has a sentence for each. */
export const priceRules = [
  'unreadable',
  'too_large',
  'too_many_rows',
  'no_rows',
  'wrong_head',
  'column_count',
  'missing',
  'column_unmapped',
  'formula',
  'hidden_character',
  'too_long',
  'price',
  'whole_number',
  'check_digit',
  'tax',
  'tier',
  'ratio',
  'duplicate',
] as const;
export type PriceRule = (typeof priceRules)[number];

export interface PriceProblem {
  /** Counted from 1, as a spreadsheet does; 0 is the whole file. */
  readonly row: number;
  /** The column's letter and, where there is a head, its words; empty for a whole row. */
  readonly column: string;
  readonly rule: PriceRule;
  /** What stood there, shortened. */
  readonly found?: string;
}

/** One article of a price file. What the file says nothing of is left out and stays as it is. */
export type PriceRow = Partial<GoodFacts> &
  Pick<GoodFacts, 'title' | 'unitPriceMicros'> & {
    readonly sku: string;
    readonly row: number;
  };

export interface ReadPriceFile {
  readonly rows: readonly PriceRow[];
  readonly problems: readonly PriceProblem[];
  readonly problemCount: number;
  /** As it was used: given, or guessed where nothing was given. */
  readonly mapping: PriceMapping;
  /** The file's first rows as they are. */
  readonly sample: readonly (readonly string[])[];
}

export type PriceFileState = 'reading' | 'refused' | 'ready' | 'applied' | 'undone' | 'discarded';
export type Difference = 'new' | 'price' | 'changed' | 'missing';

export interface PriceFile {
  readonly id: string;
  readonly supplierId: string;
  readonly format: PriceFormat;
  readonly fileName: string;
  readonly isWhole: boolean;
  readonly state: PriceFileState;
  readonly rowCount: number;
  readonly unchangedCount: number;
  /** How far the preview is. */
  readonly stagedCount: number;
  readonly toStageCount: number;
  readonly differences: Readonly<Record<Difference, number>>;
  /** Prices that moved too far and wait for a person. */
  readonly stoppedCount: number;
  readonly problems: readonly PriceProblem[];
  readonly problemCount: number;
  readonly atMs: number;
  readonly decidedAtMs?: number;
  readonly canUndo: boolean;
}

/** What came of a file that was handed in. */
export interface PriceFilePreview {
  readonly file: PriceFile;
  readonly mapping: PriceMapping;
  readonly sample: readonly (readonly string[])[];
}

export interface PriceDifference {
  readonly id: string;
  readonly difference: Difference;
  readonly good: Good;
  readonly fileRow?: number;
  readonly beforeMicros?: number;
  readonly movedPermille?: number;
  readonly isStopped: boolean;
}

export const PriceFileId = Type.Object({ id: Type.String({ format: 'uuid' }) }, { additionalProperties: false });
export const PriceFilesQuery = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  { additionalProperties: false },
);
export const DifferencesQuery = Type.Object(
  {
    ...PriceFilesQuery.properties,
    difference: Type.Optional(oneOf('new', 'price', 'changed', 'missing', 'stopped')),
  },
  { additionalProperties: false },
);
export type DifferencesQuery = Static<typeof DifferencesQuery>;
export const Confirmations = Type.Object(
  { ids: Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: 100, uniqueItems: true }) },
  { additionalProperties: false },
);
