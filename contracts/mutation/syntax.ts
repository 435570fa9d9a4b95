/** A node of the compiler's syntax tree, Solidity's or Yul's; `src` is `start:length:file` in bytes. */
export interface SyntaxNode {
  readonly nodeType: string;
  readonly src: string;
  readonly [field: string]: unknown;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as { nodeType?: unknown }).nodeType === 'string';

export function spanOf(node: SyntaxNode): Span {
  const [start, length] = node.src.split(':').map(Number) as [number, number];
  return { start, end: start + length };
}

/** The nodes right below one, in the order of the source, each with the field that holds it. */
export function childrenOf(node: SyntaxNode): (readonly [field: string, child: SyntaxNode])[] {
  return Object.entries(node)
    .flatMap(([field, value]) =>
      (Array.isArray(value) ? value : [value]).filter(isNode).map((child) => [field, child] as const),
    )
    .sort(([, a], [, b]) => spanOf(a).start - spanOf(b).start);
}

/** A source as bytes, because the compiler counts bytes. */
export class Source {
  readonly #bytes: Buffer;

  constructor(text: string) {
    this.#bytes = Buffer.from(text);
  }

  text(span: Span): string {
    return this.#bytes.toString('utf8', span.start, span.end);
  }

  /** The line of a byte, from 1. */
  lineAt(offset: number): number {
    let line = 1;
    for (let at = this.#bytes.indexOf(10); at >= 0 && at < offset; at = this.#bytes.indexOf(10, at + 1)) line += 1;
    return line;
  }

  /** Where the first character at or after `from` stands that is neither blank nor in a comment. */
  skipBlanks(from: number): number {
    for (let at = from; ; ) {
      const two = this.text({ start: at, end: at + 2 });
      if (/^\s/.test(two)) at += 1;
      else if (two === '//') at = this.#after('\n', at);
      else if (two === '/*') at = this.#after('*/', at + 2);
      else return at;
    }
  }

  #after(mark: string, from: number): number {
    const at = this.#bytes.indexOf(mark, from);
    return at < 0 ? this.#bytes.length : at + mark.length;
  }

  /** A statement with the semicolon that ends it; the compiler leaves it out. */
  statement(node: SyntaxNode): Span {
    const { start, end } = spanOf(node);
    const next = this.skipBlanks(end);
    return { start, end: this.text({ start: next, end: next + 1 }) === ';' ? next + 1 : end };
  }

  /** The source with a part of it replaced. */
  with(span: Span, replacement: string): string {
    return this.text({ start: 0, end: span.start }) + replacement + this.#bytes.toString('utf8', span.end);
  }
}
