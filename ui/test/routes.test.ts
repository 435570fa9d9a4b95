import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRoute, pathTo } from '../src/app/router.ts';
import { routes } from '../src/app/routes.ts';

const values = { id: '01a1fdf7-92ea-7427-8de9-eedd5c10a468', device: 'garden air', metric: 'ph' };

test('every address leads to its own page', () => {
  for (const route of routes) assert.equal(matchRoute(routes, pathTo(route.path, values))?.route, route, route.path);
});

test('what the hub itself serves is no page', () => {
  for (const path of ['/trust', '/trust/ca.crt', '/api/docs', '/health', '/metrics', '/sw.js']) {
    assert.equal(matchRoute(routes, path), undefined, path);
  }
});
