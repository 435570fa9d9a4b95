/** How one simulated metric moves: around `base`, with the day, slowly, and a little from second to second. */
interface Motion {
  readonly base: number;
  readonly day: number;
  readonly slow: number;
  readonly quick: number;
  readonly decimals: number;
}

/** The demonstration garden: what each simulated sensor measures. The key is what it signs in with. */
export const demoSensors: Readonly<Record<string, Readonly<Record<string, Motion>>>> = {
  'tower-1': {
    ph: { base: 6.05, day: 0.08, slow: 0.12, quick: 0.03, decimals: 2 },
    ec: { base: 1.72, day: 0.03, slow: 0.08, quick: 0.02, decimals: 2 },
    water_temperature: { base: 20.4, day: 1.1, slow: 0.4, quick: 0.15, decimals: 1 },
  },
  'tower-2': {
    ph: { base: 6.31, day: 0.06, slow: 0.15, quick: 0.03, decimals: 2 },
    ec: { base: 1.94, day: 0.02, slow: 0.1, quick: 0.02, decimals: 2 },
    water_temperature: { base: 20.9, day: 1.0, slow: 0.5, quick: 0.15, decimals: 1 },
  },
  'garden-air': {
    air_temperature: { base: 22.6, day: 2.4, slow: 0.6, quick: 0.2, decimals: 1 },
    humidity: { base: 58, day: -7, slow: 3, quick: 0.8, decimals: 0 },
  },
  roof: {
    air_temperature: { base: 14.2, day: 4.5, slow: 1.2, quick: 0.3, decimals: 1 },
    humidity: { base: 66, day: -12, slow: 4, quick: 0.8, decimals: 0 },
  },
  fridge: { temperature: { base: 4.1, day: 0.2, slow: 0.4, quick: 0.2, decimals: 1 } },
  scale: { weight: { base: 1840, day: 120, slow: 260, quick: 4, decimals: 0 } },
};

/** What they are called on the page; each name gives the id above. */
export const demoSensorNames: Readonly<Record<string, string>> = {
  'tower-1': 'Tower 1',
  'tower-2': 'Tower 2',
  'garden-air': 'Garden air',
  roof: 'Roof',
  fridge: 'Fridge',
  scale: 'Scale',
};

const hourMs = 3_600_000;
const warmestHour = 15;

const wave = (atMs: number, periodMs: number, shift: number) => Math.sin((2 * Math.PI * atMs) / periodMs + shift);

/** The value at a moment; the same moment always gives the same value. */
export function valueAt(sensor: string, metric: string, motion: Motion, atMs: number): number {
  const shift = [...`${sensor}/${metric}`].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 628, 7) / 100;
  const hours = (atMs / hourMs) % 24;
  const value =
    motion.base +
    motion.day * Math.cos((2 * Math.PI * (hours - warmestHour)) / 24) +
    motion.slow * (0.7 * wave(atMs, 7.3 * hourMs, shift) + 0.3 * wave(atMs, 2.1 * hourMs, shift * 2)) +
    motion.quick * (0.6 * wave(atMs, 73_000, shift) + 0.4 * wave(atMs, 29_000, shift * 3));
  return Number(value.toFixed(motion.decimals));
}
