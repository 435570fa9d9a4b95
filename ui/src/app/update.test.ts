import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUpdate } from './update.ts';

/** A window of build `b1`, with what the page's update touches. */
function page({ isFree = true, kept = new Map<string, string>() } = {}) {
  let reloads = 0;
  const win = {
    document: { querySelector: () => ({ getAttribute: () => 'b1' }) },
    sessionStorage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    },
    location: {
      reload() {
        reloads++;
      },
    },
  };
  const update = createUpdate({ win: win as unknown as Window, isFree: () => isFree });
  return { update, kept, reloads: () => reloads };
}

test('the hub’s build is ours: nothing happens', () => {
  const { update, reloads } = page();
  update.onBuild('b1');
  update.onBuild(undefined);
  update.applyIfWaiting();
  assert.equal(reloads(), 0);
});

test('another build is loaded at once while nobody is there', () => {
  const { update, reloads } = page();
  update.onBuild('b2');
  assert.equal(reloads(), 1);
});

test('somebody who is using the page is not interrupted; it is loaded between two pages', () => {
  const { update, reloads } = page({ isFree: false });
  update.onBuild('b2');
  assert.equal(reloads(), 0);
  update.applyIfWaiting();
  assert.equal(reloads(), 1);
});

test('a page that stays the old one is not loaded for ever', () => {
  const { update, kept } = page();
  update.onBuild('b2');
  const again = page({ kept });
  again.update.onBuild('b2');
  assert.equal(again.reloads(), 0);
  again.update.onBuild('b3');
  assert.equal(again.reloads(), 1);
});

test('a hub that went back to our build leaves nothing to load', () => {
  const { update, reloads } = page({ isFree: false });
  update.onBuild('b2');
  update.onBuild('b1');
  update.applyIfWaiting();
  assert.equal(reloads(), 0);
});
