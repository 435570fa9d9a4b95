import { parseArgs } from 'node:util';

export interface DrillArguments {
  readonly count: number;
  readonly seed: number;
  readonly sabotage?: string;
}

/** `--count N --seed S --sabotage NAME`. Throws for anything else. */
export function readArguments(
  args: readonly string[],
  { count, sabotages }: { count: number; sabotages: readonly string[] },
): DrillArguments {
  const { values } = parseArgs({
    args: [...args],
    options: { count: { type: 'string' }, seed: { type: 'string' }, sabotage: { type: 'string' } },
  });
  const whole = (name: 'count' | 'seed', fallback: number): number => {
    const number = Number(values[name] ?? fallback);
    if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name}: must be a whole number, at least 1`);
    return number;
  };
  if (values.sabotage !== undefined && !sabotages.includes(values.sabotage)) {
    throw new Error(`--sabotage: must be one of ${sabotages.join(', ')}`);
  }
  return { count: whole('count', count), seed: whole('seed', 1), sabotage: values.sabotage };
}
