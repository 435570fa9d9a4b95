import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { analyse, sourcesBelow } from './compiler.ts';
import { readExplained } from './explained.ts';
import { generate } from './generate.ts';
import { shuffled } from './sample.ts';
import { Source } from './syntax.ts';

const VAULT = 'mutation/fixture/Vault.sol';

describe('the mutants of a contract', () => {
  const [vault] = analyse([VAULT]);
  const mutants = generate([vault!]);

  it('are these, and nothing in comments, interfaces, types, places in storage or steps of loops', () => {
    assert.deepEqual(
      mutants.map(({ line, operator, before, after }) => `${line} ${operator}: ${before} → ${after}`),
      [
        '16 boundary: 1 days → (1 days + 1)',
        '16 boundary: 1 days → (1 days - 1)',
        '17 boundary: 255 → (255 + 1)',
        '17 boundary: 255 → (255 - 1)',
        '29 removed state write: owner = msg.sender; → {}',
        '33 removed modifier: once → ',
        '34 removed check: if (amount > CAP) revert TooMuch(CAP); → {}',
        '34 comparison: > → <=',
        '34 boundary: > → >=',
        '35 removed state write: balanceOf[msg.sender] += amount; → {}',
        '35 arithmetic: += → -=',
        '36 removed state write: _store().total += amount; → {}',
        '36 arithmetic: += → -=',
        '40 removed check: _require(amount); → {}',
        '41 arithmetic: - → +',
        '42 comparison: == → !=',
        '42 boundary: 0 → (0 + 1)',
        '43 removed state write: delete balanceOf[msg.sender]; → {}',
        '45 removed state write: balanceOf[msg.sender] = left; → {}',
        '48 removed check: if iszero(lt(amount, 0x20)) { revert(0, 0) } → {}',
        '48 comparison: iszero(lt(amount, 0x20)) → iszero(iszero(lt(amount, 0x20)))',
        '48 comparison: lt(amount, 0x20) → iszero(lt(amount, 0x20))',
        '48 boundary: lt(amount, 0x20) → iszero(gt(amount, 0x20))',
        '48 boundary: 0x20 → 0x21',
        '48 boundary: 0x20 → 0x1f',
        '49 removed state write: sstore(PLACE, sub(sload(PLACE), amount)) → {}',
        '49 arithmetic: sub(sload(PLACE), amount) → add(sload(PLACE), amount)',
        '54 comparison: < → >=',
        '54 boundary: < → <=',
        '55 removed check: if (!(list[i] != 0)) continue; → {}',
        '55 comparison: ! → ',
        '55 comparison: != → ==',
        '55 boundary: 0 → (0 + 1)',
        '56 arithmetic: + → -',
        '61 removed check: require(amount <= balanceOf[msg.sender], "too much"); → {}',
        '61 comparison: <= → >',
        '61 boundary: <= → <',
      ],
    );
  });

  it('keep their names when lines come before them, and have one each', () => {
    const ids = mutants.map((each) => each.id);
    assert.equal(new Set(ids).size, ids.length);
    const text = `// one line more\n${vault!.text}`;
    const moved = generate(analyse([VAULT], { [VAULT]: text }));
    assert.deepEqual(
      moved.map((each) => [each.id, each.line]),
      mutants.map((each) => [each.id, each.line + 1]),
    );
  });

  it('change the source where they say, bytes and letters apart', () => {
    const check = mutants.find((each) => each.line === 34 && each.operator === 'comparison')!;
    const changed = new Source(vault!.text).with(check, check.after);
    assert.equal(changed, vault!.text.replace('if (amount > CAP)', 'if (amount <= CAP)'));
    assert.deepEqual(check.shown, [
      'if (amount > CAP) revert TooMuch(CAP);',
      'if (amount <= CAP) revert TooMuch(CAP);',
    ]);
  });

  it('are drawn by the seed alone', () => {
    const drawn = (seed: number): string[] => shuffled(mutants, seed).map((each) => each.id);
    assert.deepEqual(drawn(7), drawn(7));
    assert.notDeepEqual(drawn(7), drawn(8));
    assert.deepEqual(drawn(7).sort(), mutants.map((each) => each.id).sort());
  });
});

describe('explained survivors', () => {
  it('are read from their table', () => {
    const text =
      '| id | kind | why |\n|---|---|---|\n| `A.b:boundary:1` | equivalent | the same |\n| `A.c:x:2` | other | no |\n';
    assert.deepEqual([...readExplained(text)], [['A.b:boundary:1', 'equivalent: the same']]);
  });

  it('are mutants that there still are', () => {
    const ids = new Set(generate(analyse(sourcesBelow('coop'))).map((each) => each.id));
    assert.deepEqual(
      [...readExplained().keys()].filter((id) => !ids.has(id)),
      [],
    );
  });
});
