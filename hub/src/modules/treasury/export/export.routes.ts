import { Type } from '@sinclair/typebox';
import { type Route, route } from '../../../platform/ports/index.ts';
import type { Workers } from '../../../platform/workers.ts';
import { periodOf } from '../statements/statements.routes.ts';
import type { ExportInput } from './export.worker.ts';

const day = Type.String({ format: 'date' });
const Period = Type.Object({ from: day, to: day }, { additionalProperties: false });
const exportModule = new URL('./export.worker.ts', import.meta.url);
const types = {
  beancount: { type: 'text/plain; charset=utf-8', ending: 'beancount' },
  csv: { type: 'text/csv; charset=utf-8', ending: 'csv' },
} as const;

/** The books for somebody else's program. */
export function exportRoutes(workers: Pick<Workers, 'run'>, path: string): Route[] {
  const routeOf = (format: ExportInput['format']) =>
    route({
      method: 'GET',
      path: `/api/exports/${format}`,
      summary: `All that moved in a time, as ${format}`,
      permission: { roles: ['treasurer'] },
      query: Period,
      async handle({ query: { from, to } }) {
        const input: ExportInput = { path, format, ...periodOf(from, to) };
        const bytes = await workers.run<string>(exportModule, input);
        return { file: { type: types[format].type, name: `books-${from}-${to}.${types[format].ending}`, bytes } };
      },
    });
  return [routeOf('beancount'), routeOf('csv')];
}
