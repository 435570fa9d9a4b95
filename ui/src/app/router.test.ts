import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchPath, matchRoute, pathTo } from './router.ts';

test('an address matches its pattern and gives the named parts', () => {
  assert.deepEqual(matchPath('/orders/:id', '/orders/0193'), { id: '0193' });
  assert.deepEqual(matchPath('/garden/:device/:metric', '/garden/tank%201/ph'), { device: 'tank 1', metric: 'ph' });
  assert.deepEqual(matchPath('/', '/'), {});
  assert.deepEqual(matchPath('/orders', '/orders/'), {});
});

test('another length, another word or a broken escape does not match', () => {
  assert.equal(matchPath('/orders/:id', '/orders'), undefined);
  assert.equal(matchPath('/orders/:id', '/orders/1/2'), undefined);
  assert.equal(matchPath('/orders', '/garden'), undefined);
  assert.equal(matchPath('/orders/:id', '/orders/%E0%A4%A'), undefined);
});

test('the first of the routes wins, so a fixed word stands before a named part', () => {
  const routes = [{ path: '/orders/new' }, { path: '/orders/:id' }];
  assert.equal(matchRoute(routes, '/orders/new')?.route, routes[0]);
  assert.equal(matchRoute(routes, '/orders/7')?.route, routes[1]);
  assert.equal(matchRoute(routes, '/nowhere'), undefined);
});

test('an address is built with its values escaped', () => {
  assert.equal(pathTo('/garden/:device/:metric', { device: 'a/b', metric: 'ph' }), '/garden/a%2Fb/ph');
  assert.throws(() => pathTo('/orders/:id', {}), /needs id/);
});

test('what is built is matched again', () => {
  const params = { device: 'tänk/1 %', metric: 'ec' };
  assert.deepEqual(matchPath('/garden/:device/:metric', pathTo('/garden/:device/:metric', params)), params);
});
