import type { TestEvent } from 'node:test/reporters';

/** A reporter of node:test that names each failed test as soon as it is known, and nothing else. */
export default async function* firstFailure(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const event of events) if (event.type === 'test:fail') yield `failed: ${event.data.name}\n`;
}
