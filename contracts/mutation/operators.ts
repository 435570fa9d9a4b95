import { isNode, type Source, type Span, type SyntaxNode, spanOf } from './syntax.ts';

export const operators = [
  'comparison',
  'arithmetic',
  'boundary',
  'removed check',
  'removed state write',
  'removed modifier',
] as const;
export type Operator = (typeof operators)[number];

export interface Change extends Span {
  readonly operator: Operator;
  readonly after: string;
}

/** What the tree says of a declared name that is referred to by its id. */
export type Declarations = ReadonlyMap<number, SyntaxNode>;

const negated: Readonly<Record<string, string>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
  '&&': '||',
  '||': '&&',
};
const offByOne: Readonly<Record<string, string>> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };
const swapped: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '/',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '++': '--',
  '--': '++',
};
const yulSwapped: Readonly<Record<string, string>> = { add: 'sub', sub: 'add', mul: 'div', div: 'mul', mod: 'div' };
/** What holds where the comparison holds or both sides are equal, or where it holds and they are not. */
const yulOffByOne: Readonly<Record<string, string>> = { lt: 'gt', gt: 'lt', slt: 'sgt', sgt: 'slt' };

/** All changes at one node, those of the nodes below it apart. */
export function changesAt(node: SyntaxNode, source: Source, declarations: Declarations): Change[] {
  switch (node.nodeType) {
    case 'BinaryOperation':
      return between(node, node.leftExpression, node.rightExpression, source);
    case 'Assignment':
      return between(node, node.leftHandSide, node.rightHandSide, source);
    case 'UnaryOperation':
      return unary(node, source);
    case 'Literal':
      return literal(node, source);
    case 'IfStatement':
      return isGuard(node) ? [removed('removed check', source.statement(node))] : [];
    case 'ExpressionStatement':
      return statement(node, source, declarations);
    case 'FunctionDefinition':
      return modifiers(node);
    case 'YulFunctionCall':
      return yulCall(node, source);
    case 'YulLiteral':
      return yulLiteral(node);
    case 'YulIf':
      return isYulGuard(node) ? [removed('removed check', spanOf(node))] : [];
    case 'YulExpressionStatement':
      return isYulWrite(node) ? [removed('removed state write', spanOf(node))] : [];
    default:
      return [];
  }
}

const removed = (operator: Operator, span: Span): Change => ({ ...span, operator, after: '{}' });

function between(node: SyntaxNode, left: unknown, right: unknown, source: Source): Change[] {
  const operator = String(node.operator);
  // What stands between both sides is the operator, blanks and comments.
  const start = source.skipBlanks(spanOf(left as SyntaxNode).end);
  const span = { start, end: start + operator.length };
  if (source.text(span) !== operator || span.end > spanOf(right as SyntaxNode).start) return [];
  return [
    ...single('comparison', span, negated[operator]),
    ...single('boundary', span, offByOne[operator]),
    ...single('arithmetic', span, swapped[operator]),
  ];
}

const single = (operator: Operator, span: Span, after: string | undefined): Change[] =>
  after === undefined ? [] : [{ ...span, operator, after }];

function unary(node: SyntaxNode, source: Source): Change[] {
  const { start, end } = spanOf(node);
  const operator = String(node.operator);
  const span = node.prefix ? { start, end: start + operator.length } : { start: end - operator.length, end };
  if (source.text(span) !== operator) return [];
  if (operator === '!') return [{ ...span, operator: 'comparison', after: '' }];
  return single('arithmetic', span, swapped[operator]);
}

function literal(node: SyntaxNode, source: Source): Change[] {
  if (node.kind !== 'number') return [];
  const span = spanOf(node);
  const text = source.text(span);
  // An address, or a place in storage that was computed from a name.
  if (/^0x[\da-f_]{40,}$/i.test(text)) return [];
  const up = { ...span, operator: 'boundary', after: `(${text} + 1)` } as const;
  // Below zero nothing compiles.
  return /^0+$/.test(text) ? [up] : [up, { ...span, operator: 'boundary', after: `(${text} - 1)` }];
}

const statementsOf = (body: unknown): readonly SyntaxNode[] =>
  isNode(body) ? ((body.nodeType === 'Block' ? body.statements : [body]) as readonly SyntaxNode[]) : [];

/** An `if` without `else` that does nothing but leave: revert, return, continue, break. */
function isGuard(node: SyntaxNode): boolean {
  if (isNode(node.falseBody)) return false;
  const [only, ...more] = statementsOf(node.trueBody);
  return only !== undefined && more.length === 0 && leaves(only);
}

function leaves(node: SyntaxNode): boolean {
  if (['RevertStatement', 'Return', 'Continue', 'Break'].includes(node.nodeType)) return true;
  return isCallOf(node, 'revert');
}

const isCallOf = (node: SyntaxNode, name: string): boolean => {
  const call = node.nodeType === 'ExpressionStatement' ? node.expression : undefined;
  return isNode(call) && call.nodeType === 'FunctionCall' && isNode(call.expression) && call.expression.name === name;
};

function statement(node: SyntaxNode, source: Source, declarations: Declarations): Change[] {
  const expression = node.expression;
  if (!isNode(expression)) return [];
  const span = source.statement(node);
  if (expression.nodeType === 'FunctionCall') {
    const kind = callKind(expression, declarations);
    return kind === undefined ? [] : [removed(kind, span)];
  }
  return writesState(expression, declarations) ? [removed('removed state write', span)] : [];
}

/** A call as a statement: one that can change nothing is there for what it refuses, another for what it changes. */
function callKind(call: SyntaxNode, declarations: Declarations): Operator | undefined {
  const callee = calleeOf(call);
  if (callee === undefined) return undefined;
  const id = callee.referencedDeclaration;
  if (callee.name === 'require' || callee.name === 'assert') return 'removed check';
  if (callee.name === 'revert') return undefined;
  const declared = typeof id === 'number' ? declarations.get(id) : undefined;
  const mutability = declared?.stateMutability;
  return mutability === 'view' || mutability === 'pure' ? 'removed check' : 'removed state write';
}

/** Past `{gas: …}` to the name that is called. */
function calleeOf(call: SyntaxNode): SyntaxNode | undefined {
  const { expression } = call;
  if (!isNode(expression)) return undefined;
  return expression.nodeType === 'FunctionCallOptions' ? calleeOf(expression) : expression;
}

function writesState(expression: SyntaxNode, declarations: Declarations): boolean {
  if (expression.nodeType === 'Assignment') return isStored(expression.leftHandSide, declarations);
  if (expression.nodeType !== 'UnaryOperation') return false;
  return (
    ['++', '--', 'delete'].includes(String(expression.operator)) && isStored(expression.subExpression, declarations)
  );
}

/** Whether an assigned place lies in storage: a state variable, or a part of something in storage. */
function isStored(target: unknown, declarations: Declarations): boolean {
  if (!isNode(target)) return false;
  switch (target.nodeType) {
    case 'Identifier':
      return declarations.get(target.referencedDeclaration as number)?.stateVariable === true;
    case 'MemberAccess':
      return isStorageType(target.expression);
    case 'IndexAccess':
      return isStorageType(target.baseExpression);
    case 'TupleExpression':
      return (target.components as unknown[]).some((each) => isStored(each, declarations));
    default:
      return false;
  }
}

function isStorageType(node: unknown): boolean {
  const type = isNode(node) ? (node.typeDescriptions as { typeString?: string } | undefined)?.typeString : undefined;
  return type !== undefined && /^mapping\(| storage (ref|pointer)$/.test(type);
}

/** Base constructors look like modifiers and are none. */
const modifiers = (node: SyntaxNode): Change[] =>
  ((node.modifiers ?? []) as SyntaxNode[])
    .filter((each) => each.kind === 'modifierInvocation')
    .map((each) => ({ ...spanOf(each), operator: 'removed modifier', after: '' }));

const yulName = (call: unknown): string =>
  isNode(call) && call.nodeType === 'YulFunctionCall' ? String((call.functionName as SyntaxNode).name) : '';

function yulCall(node: SyntaxNode, source: Source): Change[] {
  const name = yulName(node);
  const span = spanOf(node);
  const text = source.text(span);
  const renamed = (other: string): string => other + text.slice(name.length);
  const changes: Change[] = [];
  if (['lt', 'gt', 'slt', 'sgt', 'eq', 'iszero'].includes(name))
    changes.push({ ...span, operator: 'comparison', after: `iszero(${text})` });
  if (yulOffByOne[name])
    changes.push({ ...span, operator: 'boundary', after: `iszero(${renamed(yulOffByOne[name])})` });
  if (yulSwapped[name]) changes.push({ ...span, operator: 'arithmetic', after: renamed(yulSwapped[name]) });
  return changes;
}

function yulLiteral(node: SyntaxNode): Change[] {
  if (node.kind !== 'number') return [];
  const value = BigInt(String(node.value));
  const span = spanOf(node);
  const near = value === 0n ? [1n] : [value + 1n, value - 1n];
  return near.map((each) => ({ ...span, operator: 'boundary', after: `0x${each.toString(16)}` }));
}

function isYulGuard(node: SyntaxNode): boolean {
  const { statements } = node.body as unknown as { statements: SyntaxNode[] };
  const [only, ...more] = statements;
  if (only === undefined || more.length > 0) return false;
  return ['YulLeave', 'YulContinue', 'YulBreak'].includes(only.nodeType) || yulName(only.expression) === 'revert';
}

const isYulWrite = (node: SyntaxNode): boolean => ['sstore', 'tstore'].includes(yulName(node.expression));
