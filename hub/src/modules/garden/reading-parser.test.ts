import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ProblemKind, parseReading } from './reading-parser.ts';

const parse = (topic: string, text: string) => parseReading(topic, Buffer.from(text));

describe('reading parser', () => {
  const good: [topic: string, text: string, readings: object[]][] = [
    ['stoop/tower-1/ph', '6.1', [{ metric: 'ph', unit: '', value: 6.1 }]],
    ['stoop/tower-1/ph', ' +6.10\n', [{ metric: 'ph', unit: '', value: 6.1 }]],
    ['stoop/scale/weight', '-1.5e2', [{ metric: 'weight', unit: 'g', value: -150 }]],
    ['stoop/t/ec', '{"value":1.8}', [{ metric: 'ec', unit: 'mS/cm', value: 1.8 }]],
    ['stoop/t/air_temperature', '{"value":21,"unit":"C"}', [{ metric: 'air_temperature', unit: '°C', value: 21 }]],
    ['stoop/t/co2', '{"value":412,"unit":"ppm"}', [{ metric: 'co2', unit: 'ppm', value: 412 }]],
    [
      'stoop/t/ph',
      '{"value":6,"takenAtMs":1790000000000,"seq":7}',
      [{ metric: 'ph', unit: '', value: 6, takenAtMs: 1790000000000, sequence: 7 }],
    ],
    [
      'stoop/t',
      '{"seq":8,"ph":6,"humidity":{"value":55,"unit":"%"}}',
      [
        { metric: 'ph', unit: '', value: 6, sequence: 8 },
        { metric: 'humidity', unit: '%', value: 55, sequence: 8 },
      ],
    ],
  ];
  for (const [topic, text, readings] of good) {
    it(`reads ${topic} ${text.trim()}`, () => {
      const parsed = parse(topic, text);
      assert.deepEqual(JSON.parse(JSON.stringify(parsed.readings)), readings);
      assert.deepEqual(parsed.problems, []);
    });
  }

  const bad: [topic: string, text: string, kind: ProblemKind, kept: number][] = [
    ['stoop/t/ph', '', 'bad_number', 0],
    ['stoop/t/ph', 'warm', 'bad_number', 0],
    ['stoop/t/ph', 'NaN', 'bad_number', 0],
    ['stoop/t/ph', '0x10', 'bad_number', 0],
    ['stoop/t/ph', '1e999', 'bad_number', 0],
    ['stoop/t/ph', '6.1.2', 'bad_number', 0],
    ['stoop/t/ph', 'true', 'bad_number', 0],
    ['stoop/t/ph', '[6]', 'bad_number', 0],
    ['stoop/t/ph', '{"value":', 'bad_payload', 0],
    ['stoop/t/ph', '{"value":"6"}', 'bad_number', 0],
    ['stoop/t/ph', '{"value":null}', 'bad_number', 0],
    ['stoop/t/ph', '{"value":6,"unit":5}', 'bad_unit', 0],
    ['stoop/t/air_temperature', '{"value":70,"unit":"F"}', 'bad_unit', 0],
    ['stoop/t/PH', '6', 'bad_metric', 0],
    ['stoop/t/__proto__', '6', 'bad_metric', 0],
    ['stoop/t/ph', '{"value":6,"takenAtMs":"yesterday"}', 'bad_time', 1],
    ['stoop/t/ph', '{"value":6,"seq":-1}', 'bad_sequence', 1],
    ['stoop/t', '6', 'bad_payload', 0],
    ['stoop/t', '{"seq":1}', 'bad_payload', 0],
    ['stoop/t', '{"ph":6,"ec":"x"}', 'bad_number', 1],
    ['stoop/T/ph', '6', 'bad_topic', 0],
    ['stoop//ph', '6', 'bad_topic', 0],
    ['stoop/t/ph/x', '6', 'bad_topic', 0],
  ];
  for (const [topic, text, kind, kept] of bad) {
    it(`reports ${kind} for ${topic} ${text}`, () => {
      const parsed = parse(topic, text);
      assert.deepEqual(
        parsed.problems.map((problem) => problem.kind),
        [kind],
      );
      assert.equal(parsed.readings.length, kept);
    });
  }

  it('takes constructor and its like for names, not for units', () => {
    assert.equal(parse('stoop/t/constructor', '1').readings[0]?.unit, '');
  });

  const topics = fc.oneof(
    fc.string(),
    fc.constantFrom('stoop/t', 'stoop/t/ph', 'stoop/t/humidity'),
    fc.tuple(fc.string(), fc.string()).map(([device, metric]) => `stoop/${device}/${metric}`),
  );
  const bodies = fc.oneof(
    fc.json(),
    fc.dictionary(fc.string(), fc.jsonValue()).map((body) => JSON.stringify(body)),
  );
  const payloads = fc.oneof(
    fc.uint8Array(),
    bodies.map((text) => Buffer.from(text)),
  );

  it('never throws, and answers only finite numbers with short, printable samples', () => {
    fc.assert(
      fc.property(topics, payloads, (topic, payload) => {
        const { readings, problems } = parseReading(topic, payload);
        for (const one of readings) {
          assert.ok(Number.isFinite(one.value));
          assert.match(one.metric, /^[a-z0-9][a-z0-9_-]*$/);
        }
        for (const one of problems) assert.match(one.sample, /^[^\p{C}]{0,80}$/u);
        assert.ok(readings.length + problems.length > 0, 'something is said about every message');
      }),
      { numRuns: 1_000 },
    );
  });

  it('reads back every finite number that a device can print', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        for (const text of [String(value), JSON.stringify({ value })]) {
          assert.equal(parse('stoop/t/ph', text).readings[0]?.value, JSON.parse(JSON.stringify(value)));
        }
      }),
    );
  });
});
