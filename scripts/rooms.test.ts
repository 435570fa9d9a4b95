import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { checkRooms } from './rooms.ts';

/** A small house in which nothing is wrong. */
const sound: Readonly<Record<string, string>> = {
  'hub/src/platform/clock.ts': 'export interface Clock { now(): number }\n',
  'hub/src/store/index.ts':
    "import Database from 'better-sqlite3';\nimport type { Clock } from '../platform/clock.ts';\nexport const open = (c: Clock) => [c, Database];\n",
  'hub/src/modules/members/index.ts':
    "import type { Clock } from '../../platform/clock.ts';\nexport type Member = { clock: Clock };\n",
  'hub/src/modules/members/members.store.ts':
    "import { open } from '../../store/index.ts';\nexport const rows = open;\n",
  'hub/src/modules/orders/orders.ts':
    "import type { Member } from '../members/index.ts';\nexport type Order = { by: Member };\n",
  'hub/src/modules/orders/index.ts': "export type { Order } from './orders.ts';\n",
  'hub/src/web/server.ts':
    "import fastify from 'fastify';\nimport { createServer } from 'node:http';\nexport const server = [fastify, createServer];\n",
  'hub/src/compose.ts':
    "import { server } from './web/server.ts';\nimport type { Order } from './modules/orders/index.ts';\nexport const all = (o: Order) => [server, o];\n",
  'hub/src/main.ts': "import { all } from './compose.ts';\nprocess.exitCode = all.length;\n",
  'hub/test/whole-hub.test.ts':
    "import { ethers } from 'ethers';\nimport '../src/modules/members/members.store.ts';\nimport '../src/main.ts';\nethers;\n",
  'ui/src/app.ts': "import type { Order } from '@stoop/hub/modules/orders/orders.ts';\nexport type Shown = Order;\n",
};

describe('the rule of rooms', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rooms-'));
    for (const [file, text] of Object.entries(sound)) plant(file, text);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function plant(file: string, text: string) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const found = () => checkRooms(root).breaches.map(({ file, line, rule }) => `${file}:${line} ${rule}`);

  test('finds nothing in a sound house', () => {
    assert.deepEqual(checkRooms(root).breaches, []);
  });

  const planted: readonly (readonly [name: string, file: string, text: string, expected: string])[] = [
    [
      'a lower floor importing a higher one',
      'hub/src/store/wrong.ts',
      "import { all } from '../compose.ts';\n",
      '1 floor',
    ],
    [
      'an import of a type only',
      'hub/src/platform/wrong.ts',
      "\nimport type { open } from '../store/index.ts';\n",
      '2 floor',
    ],
    ['a re-export', 'hub/src/platform/wrong.ts', "export { open } from '../store/index.ts';\n", '1 floor'],
    [
      'a type named by import()',
      'hub/src/platform/wrong.ts',
      "export type Open = typeof import('../store/index.ts');\n",
      '1 floor',
    ],
    [
      'a dynamic import',
      'hub/src/signing/wrong.ts',
      "export const late = () =>\n  import('../store/index.ts');\n",
      '2 floor',
    ],
    [
      'a worker started by its address',
      'hub/src/platform/wrong.ts',
      "export const at = new URL('../web/server.ts', import.meta.url);\n",
      '1 floor',
    ],
    ['rooms side by side', 'hub/src/broker/wrong.ts', "import { server } from '../web/server.ts';\n", '1 floor'],
    [
      'a room that the house does not have',
      'hub/src/utils/wrong.ts',
      "import type { Clock } from '../platform/clock.ts';\n",
      '1 floor',
    ],
    [
      'settings fetched instead of handed over',
      'hub/src/web/wrong.ts',
      "import { load } from '../config/index.ts';\n",
      '1 floor',
    ],
    [
      'a module above a module of lower rank',
      'hub/src/modules/members/wrong.ts',
      "import type { Order } from '../orders/index.ts';\n",
      '1 rank',
    ],
    ['modules of the same rank', 'hub/src/modules/garden/wrong.ts', "import '../suppliers/index.ts';\n", '1 rank'],
    ['a module without a rank', 'hub/src/modules/parties/wrong.ts', "import '../members/index.ts';\n", '1 rank'],
    [
      'a module entered past its index',
      'hub/src/modules/orders/wrong.ts',
      "import { rows } from '../members/members.store.ts';\n",
      '1 index',
    ],
    [
      'an adapter entering past the index',
      'hub/src/web/wrong.ts',
      "import type { Order } from '../modules/orders/orders.ts';\n",
      '1 index',
    ],
    ['ethers outside chain', 'hub/src/signing/wrong.ts', "import { ethers } from 'ethers';\n", '1 library'],
    [
      'a plugin of fastify outside web',
      'hub/src/modules/orders/wrong.ts',
      "import statics from '@fastify/static';\n",
      '1 library',
    ],
    [
      'a type of a library outside its room',
      'hub/src/modules/orders/wrong.ts',
      "import type { Database } from 'better-sqlite3';\n",
      '1 library',
    ],
    [
      'a library brought in late',
      'hub/src/modules/orders/wrong.ts',
      'export const late = async () => await import(`aedes`);\n',
      '1 library',
    ],
    [
      'a library by require',
      'hub/src/modules/orders/wrong.ts',
      "declare const require: (name: string) => unknown;\nexport const p = require('pino');\n",
      '2 library',
    ],
    [
      'a part of a library',
      'hub/src/compose.ts',
      "import { schedule } from 'node-cron/dist/node-cron.js';\n",
      '1 library',
    ],
    ['a library without a room', 'hub/src/web/wrong.ts', "import express from 'express';\n", '1 library'],
    [
      'contracts outside chain',
      'hub/src/modules/orders/wrong.ts',
      "import abi from '@stoop/contracts/abi/FoodUSD.json' with { type: 'json' };\n",
      '1 library',
    ],
    ['process outside main', 'hub/src/web/wrong.ts', 'export const home = () =>\n  process.env.HOME;\n', '2 process'],
    ['process by its global', 'hub/src/web/wrong.ts', 'export const pid = globalThis.process.pid;\n', '1 process'],
    ['process imported', 'hub/src/web/wrong.ts', "import { env } from 'node:process';\n", '1 process'],
    [
      'an import that is computed',
      'hub/src/web/wrong.ts',
      'export const any = (name: string) => import(name);\n',
      '1 computed',
    ],
    ['the hub importing the page', 'hub/src/web/wrong.ts', "import '../../../ui/src/app.ts';\n", '1 outside'],
    ['the hub importing a test', 'hub/src/web/wrong.ts', "import '../../test/whole-hub.test.ts';\n", '1 outside'],
    ['the page running hub code', 'ui/src/wrong.ts', "import { open } from '@stoop/hub/store/index.ts';\n", '1 ui'],
    [
      'a component running hub code',
      'ui/src/Wrong.svelte',
      '<p>hello</p>\n<script lang="ts">\n  import { open } from \'../../hub/src/store/index.ts\';\n</script>\n',
      '3 ui',
    ],
    ['a file importing itself', 'hub/src/web/wrong.ts', "import './wrong.ts';\n", '1 cycle'],
    ['a file that grew too long', 'ui/src/wrong.css', 'a {}\n'.repeat(401), '401 size'],
  ];
  for (const [name, file, text, expected] of planted)
    test(`reports ${name}`, () => {
      plant(file, text);
      assert.deepEqual(found(), [`${file}:${expected}`]);
    });

  test('reports a cycle within a room, types included, with its way round', () => {
    plant('hub/src/web/a.ts', "import type { B } from './b.ts';\nexport type A = B;\n");
    plant('hub/src/web/b.ts', "import { c } from './c.ts';\nexport type B = typeof c;\n");
    plant('hub/src/web/c.ts', "import type { A } from './a.ts';\nexport const c = (a: A) => a;\n");
    const [breach, ...others] = checkRooms(root).breaches;
    assert.deepEqual(others, []);
    assert.equal(breach?.rule, 'cycle');
    assert.equal(breach?.message, 'hub/src/web/a.ts → hub/src/web/b.ts → hub/src/web/c.ts → hub/src/web/a.ts');
  });

  test('takes pages that are loaded late for no cycle', () => {
    plant('ui/src/app.ts', "import { routes } from './routes.ts';\nexport const app = routes;\n");
    plant('ui/src/routes.ts', "export const routes = [() => import('./Page.svelte')];\n");
    plant('ui/src/Page.svelte', '<script lang="ts">\n  import { app } from \'./app.ts\';\n</script>\n');
    assert.deepEqual(found(), []);
  });

  test('leaves names and members called process alone', () => {
    plant(
      'hub/src/web/fine.ts',
      'export interface Step { process: string }\nexport const name = (s: Step) => s.process;\nexport const step: Step = { process: "x" };\n',
    );
    assert.deepEqual(found(), []);
  });

  test('names long files without failing before 400 lines', () => {
    plant('hub/src/web/long.ts', 'export {};\n'.repeat(300));
    assert.deepEqual(checkRooms(root).long, [['hub/src/web/long.ts', 300]]);
    assert.deepEqual(found(), []);
  });
});
