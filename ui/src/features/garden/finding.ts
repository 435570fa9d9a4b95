import type { Series } from '../../api/types.ts';
import type { Text } from '../../messages/text.svelte.ts';

export type Course = { kind: 'rising' | 'falling' | 'steady'; change: number; mean: number; spanMs: number };

/** Which part of a course counts as its beginning and its end. */
const EDGE = 0.15;
/** A change smaller than this part of the whole swing is none. */
const NOTABLE = 0.25;

/** What a course did: its end beside its beginning, measured against how much it swung; `undefined` without two points. */
export function courseOf(points: Series['points']): Course | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return undefined;
  const edge = Math.max(1, Math.floor(points.length * EDGE));
  const change = mean(points.slice(-edge)) - mean(points.slice(0, edge));
  const means = points.map((point) => point[2]);
  const swing = Math.max(...means) - Math.min(...means);
  const kind = swing === 0 || Math.abs(change) < swing * NOTABLE ? 'steady' : change > 0 ? 'rising' : 'falling';
  return { kind, change, mean: mean(points), spanMs: last[0] - first[0] };
}

/** The chart's title: what was found, in one sentence. */
export function findingOf(points: Series['points'], metric: string, unit: string, text: Text): string {
  const course = courseOf(points);
  if (!course) return text.t('garden.chart.none');
  return text.t(`garden.chart.${course.kind}`, {
    metric,
    unit,
    change: text.reading(Math.abs(course.change)),
    value: text.reading(course.mean),
    span: text.span(course.spanMs),
  });
}

function mean(points: Series['points']): number {
  return points.reduce((sum, point) => sum + point[2], 0) / points.length;
}
