import type { Reading } from '../../api/types.ts';
import { knownKey } from '../../messages/catalogue.ts';
import type { Text } from '../../messages/text.svelte.ts';

/** A metric's name for people; one that the page does not know keeps the sensor's own word. */
export function metricName(metric: string, text: Text): string {
  const key = knownKey(`metric.${metric}`);
  return key ? text.t(key) : metric.replaceAll('_', ' ');
}

/** The value with its unit: 21.4 °C. */
export function readingWords(reading: Pick<Reading, 'value' | 'unit'>, text: Text): string {
  return `${text.reading(reading.value)} ${reading.unit}`.trim();
}

export type ChartColour = 'leaf' | 'sky' | 'sun' | 'brick';

const colours: Readonly<Record<string, ChartColour>> = {
  water_temperature: 'sky',
  level: 'sky',
  flow: 'sky',
  humidity: 'sky',
  air_temperature: 'sun',
  temperature: 'sun',
  light: 'sun',
};

/** Water is sky, warmth and light are sun, the rest leaf. */
export function metricColour(metric: string): ChartColour {
  return colours[metric] ?? 'leaf';
}
