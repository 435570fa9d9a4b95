import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { coversFilter, isTopicFilter, matchesTopic } from './topic-filter.ts';

describe('topic filters', () => {
  // Examples of MQTT 3.1.1, sections 4.7.1 and 4.7.2.
  const matching: [filter: string, topic: string, isMatch: boolean][] = [
    ['sport/tennis/player1/#', 'sport/tennis/player1', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
    ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
    ['sport/#', 'sport', true],
    ['#', 'sport/tennis', true],
    ['sport/tennis/+', 'sport/tennis/player1', true],
    ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
    ['sport/+', 'sport', false],
    ['sport/+', 'sport/', true],
    ['+/+', '/finance', true],
    ['/+', '/finance', true],
    ['+', '/finance', false],
    ['#', '$SYS/broker', false],
    ['+/monitor/Clients', '$SYS/monitor/Clients', false],
    ['$SYS/#', '$SYS/broker', true],
    ['stoop/tower-1/#', 'stoop/tower-10/ph', false],
    ['stoop/+/ph', 'stoop/#', false],
  ];
  for (const [filter, topic, isMatch] of matching) {
    it(`${filter} ${isMatch ? 'takes' : 'leaves'} ${topic}`, () => assert.equal(matchesTopic(filter, topic), isMatch));
  }

  const covering: [outer: string, inner: string, isCovered: boolean][] = [
    ['stoop/tower-1/#', 'stoop/tower-1/+', true],
    ['stoop/tower-1/#', 'stoop/tower-1/#', true],
    ['stoop/tower-1/+', 'stoop/tower-1/#', false],
    ['stoop/tower-1/#', 'stoop/#', false],
    ['stoop/tower-1/#', '#', false],
    ['stoop/+/ph', 'stoop/tower-1/ph', true],
    ['stoop/tower-1/ph', 'stoop/+/ph', false],
    ['#', '$SYS/#', false],
  ];
  for (const [outer, inner, isCovered] of covering) {
    it(`a grant of ${outer} ${isCovered ? 'covers' : 'does not cover'} ${inner}`, () =>
      assert.equal(coversFilter(outer, inner), isCovered));
  }

  for (const filter of ['', 'a/#/b', 'a#', 'a/b+', 'x'.repeat(300), 'a\0b']) {
    it(`refuses ${JSON.stringify(filter.slice(0, 12))} as a filter`, () => assert.equal(isTopicFilter(filter), false));
  }
});
