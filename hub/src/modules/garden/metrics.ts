interface Unit {
  readonly unit: string;
  /** Other spellings of the same unit; a value in any other unit is not taken for this metric. */
  readonly spellings: readonly string[];
}

const celsius: Unit = { unit: '°C', spellings: ['c', 'degc', '℃', 'celsius'] };
const percent: Unit = { unit: '%', spellings: ['percent', 'pct'] };

/** The metrics that the building knows. Their names in people's languages come from the page. */
const known: Readonly<Record<string, Unit>> = {
  ph: { unit: '', spellings: ['ph'] },
  ec: { unit: 'mS/cm', spellings: ['ms', 'ds/m'] },
  water_temperature: celsius,
  air_temperature: celsius,
  temperature: celsius,
  humidity: percent,
  light: { unit: 'lx', spellings: ['lux'] },
  weight: { unit: 'g', spellings: ['gram', 'grams'] },
  level: percent,
  pressure: { unit: 'hPa', spellings: ['mbar'] },
  battery: percent,
  voltage: { unit: 'V', spellings: ['volt'] },
  flow: { unit: 'l/min', spellings: ['lpm'] },
};

/** The unit in which a metric is kept, or undefined when `given` is another unit than this metric's. */
export function unitOf(metric: string, given: string | undefined): string | undefined {
  const entry = Object.hasOwn(known, metric) ? known[metric] : undefined;
  if (!entry) return given ?? '';
  if (given === undefined) return entry.unit;
  const spelling = given.trim().toLowerCase();
  return spelling === entry.unit.toLowerCase() || entry.spellings.includes(spelling) ? entry.unit : undefined;
}
