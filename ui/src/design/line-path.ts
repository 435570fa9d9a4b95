export type Point = readonly [x: number, y: number];

export interface Frame {
  width: number;
  height: number;
  /** Kept free at every side, for the line's own thickness. */
  margin: number;
}

export interface Scale {
  x: (value: number) => number;
  y: (value: number) => number;
}

/** Maps values into the frame; a flat course lies in the middle. */
export function scaleOf(xs: readonly number[], ys: readonly number[], frame: Frame): Scale {
  const [xMin, xMax] = rangeOf(xs);
  const [yMin, yMax] = rangeOf(ys);
  const width = frame.width - 2 * frame.margin;
  const height = frame.height - 2 * frame.margin;
  return {
    x: (value) => frame.margin + (xMax === xMin ? width / 2 : ((value - xMin) / (xMax - xMin)) * width),
    y: (value) => frame.margin + (yMax === yMin ? height / 2 : (1 - (value - yMin) / (yMax - yMin)) * height),
  };
}

/** The SVG path through the points. */
export function linePath(points: readonly Point[]): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('');
}

/** The closed SVG path between an upper and a lower line. */
export function bandPath(upper: readonly Point[], lower: readonly Point[]): string {
  if (upper.length === 0) return '';
  return `${linePath(upper)}${linePath([...lower].reverse()).replace('M', 'L')}Z`;
}

/** Round steps that cover the range: 3 to 6 of them. */
export function ticksOf(min: number, max: number): number[] {
  if (!(max > min)) return [min];
  const rough = (max - min) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks: number[] = [];
  for (let value = Math.ceil(min / step) * step; value <= max + step * 1e-9; value += step) {
    ticks.push(Number(value.toPrecision(12)));
  }
  return ticks;
}

/** Smallest and largest, without spreading a long list into arguments. */
export function rangeOf(values: readonly number[]): [number, number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return [min, max];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
