import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '..');
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
const sources = globSync('coop/**/*.sol', { cwd: root }).map((path) => {
  const text = readFileSync(join(root, path), 'utf8');
  return { path, text, code: withoutComments(text) };
});

/** What the Filecoin EVM prices or times otherwise than others, and what hides why a call failed. */
const forbidden: Readonly<Record<string, RegExp>> = {
  'a block number as time': /\bblock\.number\b/,
  'a gas price or limit': /\b(tx\.gasprice|gasleft\(\)|block\.(basefee|gaslimit))/,
  'a gas constant in a call': /\{[^{}]*\bgas:\s*[^{}]*\}\s*\(/,
  'the 2,300 gas of transfer and send': /payable\([^)]*\)\.(transfer|send)\(/,
  'the origin of a transaction': /\btx\.origin\b/,
  'a reason in text instead of a custom error': /\brequire\s*\([^;]*"|\brevert\s*\(\s*"/,
  selfdestruct: /\bselfdestruct\b/,
  'an opcode that the Filecoin EVM lacks': /\b(blobhash|blobbasefee|callcode)\b/,
};

describe('the sources', () => {
  for (const [what, pattern] of Object.entries(forbidden)) {
    it(`use no ${what.replace(/^(a|an|the) /, '')}`, () => {
      for (const { path, code } of sources) assert.doesNotMatch(code, pattern, path);
    });
  }

  it('say what every public function and every contract is for', () => {
    for (const { path, text } of sources) {
      const lines = text.split('\n');
      for (const [index, line] of lines.entries()) {
        const isPublic = /^\s*function \w+/.test(line) && /\b(external|public)\b/.test(signatureAt(lines, index));
        const isContract = /^(abstract contract|contract|library|interface) /.test(line);
        if (!isPublic && !isContract) continue;
        // ERC-20's own functions are said by their standard.
        if (
          isPublic &&
          /^\s*function (name|symbol|decimals|totalSupply|balanceOf|allowance|approve|transfer|transferFrom)\(/.test(
            line,
          )
        )
          continue;
        assert.match(lines[index - 1] ?? '', /^\s*(\/\/\/|\*\/)/, `${path}:${index + 1} has no NatSpec`);
      }
    }
  });

  it('are of one compiler version and say so first', () => {
    for (const { path, text } of sources) {
      assert.match(text, /^\/\/ SPDX-License-Identifier: \S+\npragma solidity 0\.8\.37;\n/, path);
    }
  });
});

/** A declaration up to its body, however many lines it takes. */
function signatureAt(lines: readonly string[], index: number): string {
  const end = lines.findIndex((line, at) => at >= index && /[{;]/.test(line));
  return lines.slice(index, end + 1).join(' ');
}
