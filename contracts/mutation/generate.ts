import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { type Change, changesAt, type Declarations, type Operator } from './operators.ts';
import { childrenOf, isNode, Source, type Span, type SyntaxNode, spanOf } from './syntax.ts';

/** One change of one source. */
export interface Mutant extends Span {
  /** Stays the same when lines are added elsewhere: of the place, the operator and the text of the statement. */
  readonly id: string;
  readonly file: string;
  readonly line: number;
  /** `Contract.function`. */
  readonly place: string;
  readonly operator: Operator;
  readonly before: string;
  readonly after: string;
  /** The lines it changes, before and after, for people. */
  readonly shown: readonly [before: string, after: string];
}

/** What the compiler says of one source. */
export interface Analysed {
  readonly file: string;
  readonly text: string;
  readonly tree: SyntaxNode;
}

/** Every mutant of the sources, in the order of the files and of the places in them. */
export function generate(sources: readonly Analysed[], all: readonly Analysed[] = sources): Mutant[] {
  const declarations = declarationsOf(all.map((each) => each.tree));
  return sources.flatMap((each) => new Walk(each, declarations).mutants());
}

function declarationsOf(trees: readonly SyntaxNode[]): Declarations {
  const found = new Map<number, SyntaxNode>();
  const visit = (node: SyntaxNode): void => {
    if (/^(VariableDeclaration|FunctionDefinition)$/.test(node.nodeType)) found.set(node.id as number, node);
    for (const [, child] of childrenOf(node)) visit(child);
  };
  trees.forEach(visit);
  return found;
}

/** A type's name holds no behaviour but lengths, which are layout. */
const notBehaviour = new Set(['ArrayTypeName', 'EventDefinition', 'ErrorDefinition', 'StructuredDocumentation']);

class Walk {
  readonly #file: string;
  readonly #tree: SyntaxNode;
  readonly #source: Source;
  readonly #declarations: Declarations;
  readonly #found: Mutant[] = [];
  readonly #ordinals = new Map<string, number>();

  constructor({ file, text, tree }: Analysed, declarations: Declarations) {
    this.#file = file;
    this.#tree = tree;
    this.#source = new Source(text);
    this.#declarations = declarations;
  }

  mutants(): Mutant[] {
    this.#visit(this.#tree, '', undefined);
    return this.#found;
  }

  #visit(node: SyntaxNode, name: string, statement: SyntaxNode | undefined): void {
    if (notBehaviour.has(node.nodeType) || isEmptyRevert(node)) return;
    // An interface says only what others do.
    if (node.nodeType === 'ContractDefinition' && node.contractKind === 'interface') return;
    const here = nameOf(node, name);
    const within =
      /Statement$|^VariableDeclaration$|^Return$|^Yul/.test(node.nodeType) && !isNode(node.body) ? node : statement;
    for (const change of changesAt(node, this.#source, this.#declarations)) this.#add(change, here, within ?? node);
    for (const [field, child] of childrenOf(node)) if (!isLoopStep(node, field)) this.#visit(child, here, within);
  }

  #add(change: Change, place: string, statement: SyntaxNode): void {
    const { operator, after } = change;
    const span = { start: change.start, end: change.end };
    const before = this.#source.text(span);
    const context = this.#source.text(spanOf(statement)).replace(/\s+/g, ' ');
    const key = [this.#file, place, operator, context, before, after].join('\n');
    const ordinal = this.#ordinals.get(key) ?? 0;
    this.#ordinals.set(key, ordinal + 1);
    const digest = createHash('sha256').update(`${key}\n${ordinal}`).digest('hex').slice(0, 8);
    this.#found.push({
      ...span,
      id: `${place || basename(this.#file, '.sol')}:${operator.replaceAll(' ', '-')}:${digest}`,
      file: this.#file,
      line: this.#source.lineAt(span.start),
      place,
      operator,
      before,
      after,
      shown: this.#shown(span, after),
    });
  }

  #shown(span: Span, after: string): [string, string] {
    const lineStart = this.#source.text({ start: 0, end: span.start }).lastIndexOf('\n') + 1;
    const whole = this.#source.text({ start: 0, end: Number.MAX_SAFE_INTEGER });
    const from = Buffer.byteLength(whole.slice(0, lineStart));
    const rest = this.#source.text({ start: span.end, end: span.end + 400 }).split('\n')[0]!;
    const head = this.#source.text({ start: from, end: span.start });
    const tidy = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 160);
    return [tidy(head + this.#source.text(span) + rest), tidy(head + after + rest)];
  }
}

/** `revert(0x00, 0x00)`: from where nothing is read makes no difference. */
const isEmptyRevert = (node: SyntaxNode): boolean =>
  node.nodeType === 'YulFunctionCall' &&
  (node.functionName as SyntaxNode).name === 'revert' &&
  BigInt(String((node.arguments as SyntaxNode[])[1]?.value ?? 1)) === 0n;

/** `++i` of a loop's head: turned round or taken away it only runs until the gas is gone. */
const isLoopStep = (node: SyntaxNode, field: string): boolean =>
  (node.nodeType === 'ForStatement' && field === 'loopExpression') ||
  (node.nodeType === 'YulForLoop' && field === 'post');

function nameOf(node: SyntaxNode, outer: string): string {
  const below = (inner: string): string => (outer === '' ? inner : `${outer}.${inner}`);
  switch (node.nodeType) {
    case 'ContractDefinition':
      return String(node.name);
    case 'FunctionDefinition':
      return below(String(node.name || node.kind));
    case 'ModifierDefinition':
      return below(String(node.name));
    case 'VariableDeclaration':
      return node.stateVariable === true ? below(String(node.name)) : outer;
    default:
      return outer;
  }
}
