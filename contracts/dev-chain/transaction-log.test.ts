import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openTransactionLog } from './transaction-log.ts';

describe('the transaction log', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'stoop-log-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  const blocks = [1, 2, 3].map((height) => ({ height, time: 1000 + height, raw: `0x0${height}` }));

  it('reads back what was appended', async () => {
    const file = join(folder, 'plain', 'log.jsonl');
    const log = await openTransactionLog(file);
    for (const block of blocks) await log.append(block);
    await log.append({ height: 4, time: 2000 });
    await log.close();
    const again = await openTransactionLog(file);
    assert.deepEqual(again.blocks, [...blocks, { height: 4, time: 2000 }]);
    await again.close();
  });

  it('drops a last line torn anywhere, and goes on after it', async () => {
    const file = join(folder, 'torn.jsonl');
    const whole = blocks.map((block) => `${JSON.stringify(block)}\n`);
    const kept = whole.slice(0, 2).join('');
    for (let length = 0; length < whole[2]!.length; length += 1) {
      writeFileSync(file, kept + whole[2]!.slice(0, length));
      const log = await openTransactionLog(file);
      assert.deepEqual(log.blocks, blocks.slice(0, 2), `torn after ${length} bytes`);
      await log.append(blocks[2]!);
      await log.close();
      assert.equal(readFileSync(file, 'utf8'), whole.join(''));
    }
  });

  it('drops a last line whose bytes never reached the disk', async () => {
    const file = join(folder, 'zeros.jsonl');
    writeFileSync(file, `${JSON.stringify(blocks[0])}\n${'\0'.repeat(40)}\n`);
    const log = await openTransactionLog(file);
    assert.deepEqual(log.blocks, blocks.slice(0, 1));
    await log.close();
  });

  it('refuses a file that is broken in the middle', async () => {
    const file = join(folder, 'broken.jsonl');
    writeFileSync(file, `${JSON.stringify(blocks[0])}\ngarbage\n${JSON.stringify(blocks[1])}\n`);
    await assert.rejects(openTransactionLog(file), /line 2 cannot be read/);
  });

  it('forgets the blocks above a height', async () => {
    const file = join(folder, 'cut.jsonl');
    const log = await openTransactionLog(file);
    for (const block of blocks) await log.append(block);
    await log.cutAbove(1);
    await log.append({ height: 2, time: 5000, raw: '0xff' });
    await log.close();
    const again = await openTransactionLog(file);
    assert.deepEqual(again.blocks, [blocks[0], { height: 2, time: 5000, raw: '0xff' }]);
    await again.close();
  });
});
