import { parseSync } from 'oxc-parser';

export interface Import {
  /** As written; undefined when it is computed at run time. */
  readonly specifier: string | undefined;
  readonly isType: boolean;
  /** Loaded when it is needed, by `import()`. */
  readonly isLate?: boolean;
  readonly line: number;
}

export interface Facts {
  readonly imports: readonly Import[];
  /** Lines on which the global `process` is used. */
  readonly processLines: readonly number[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** What a TypeScript or Svelte file brings in: imports of every kind, files it starts as workers, the global `process`. */
export function readImports(path: string, source: string): Facts {
  if (!path.endsWith('.svelte')) return readScript(path, source, 0);
  const parts = [...source.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => {
    const at = match.index + match[0].indexOf('>') + 1;
    return readScript(`${path}.ts`, match[1] ?? '', lineAt(source, at) - 1);
  });
  return {
    imports: parts.flatMap((part) => part.imports),
    processLines: parts.flatMap((part) => part.processLines),
  };
}

const lineAt = (source: string, offset: number) => source.slice(0, offset).split('\n').length;

function readScript(path: string, source: string, linesBefore: number): Facts {
  const parsed = parseSync(path, source, { lang: 'ts', sourceType: 'module' });
  const [problem] = parsed.errors;
  if (problem !== undefined) throw new Error(`${path}: ${problem.message}`);
  const imports: Import[] = [];
  const processLines: number[] = [];
  const line = (node: Node) => lineAt(source, node.start) + linesBefore;
  walk(parsed.program as unknown as Node, undefined, '', (node, parent, field) => {
    const found = importOf(node);
    if (found !== undefined) imports.push({ ...found, line: line(node) });
    if (isGlobalProcess(node, parent, field)) processLines.push(line(node));
  });
  return { imports, processLines };
}

function walk(
  node: Node,
  parent: Node | undefined,
  field: string,
  visit: (node: Node, parent: Node | undefined, field: string) => void,
) {
  visit(node, parent, field);
  for (const [key, value] of Object.entries(node)) {
    if (isNode(value)) walk(value, node, key, visit);
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) walk(item, node, key, visit);
  }
}

function importOf(node: Node): Omit<Import, 'line'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return isNode(node.source) ? { specifier: textOf(node.source), isType: isTypeOnly(node) } : undefined;
    case 'ImportExpression':
      return { specifier: textOf(node.source), isType: false, isLate: true };
    case 'TSImportType':
      return { specifier: textOf(node.source ?? node.argument), isType: true };
    case 'CallExpression':
      return required(node);
    case 'NewExpression':
      return startedFile(node);
    default:
      return undefined;
  }
}

const firstOf = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);

function textOf(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'Literal' && typeof value.value === 'string') return value.value;
  if (value.type === 'TSLiteralType') return textOf(value.literal);
  if (value.type !== 'TemplateLiteral' || !Array.isArray(value.quasis) || value.quasis.length !== 1) return undefined;
  return (value.quasis[0] as { value: { cooked: string } }).value.cooked;
}

function isTypeOnly(node: Node): boolean {
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = node.specifiers;
  return (
    Array.isArray(specifiers) &&
    specifiers.length > 0 &&
    specifiers.every((one: Node) => one.importKind === 'type' || one.exportKind === 'type')
  );
}

/** Only with a literal: a function of one's own may have that name too. */
function required(node: Node): Omit<Import, 'line'> | undefined {
  const specifier = isRequire(node.callee) ? textOf(firstOf(node.arguments)) : undefined;
  return specifier === undefined ? undefined : { specifier, isType: false };
}

const isRequire = (callee: unknown): boolean =>
  isNode(callee) &&
  ((callee.type === 'Identifier' && callee.name === 'require') ||
    (callee.type === 'MemberExpression' && isRequire(callee.object)));

/** `new URL('./x.ts', import.meta.url)` names a file that is run as a worker or a child: it counts as an import. */
function startedFile(node: Node): Omit<Import, 'line'> | undefined {
  if (!isNode(node.callee) || node.callee.name !== 'URL' || !Array.isArray(node.arguments)) return undefined;
  const [file, base] = node.arguments as unknown[];
  const specifier = textOf(file);
  const isHere =
    isNode(base) && base.type === 'MemberExpression' && isNode(base.object) && base.object.type === 'MetaProperty';
  return isHere && specifier !== undefined && /\.(ts|json)$/.test(specifier)
    ? { specifier: /^\.\.?\//.test(specifier) ? specifier : `./${specifier}`, isType: false }
    : undefined;
}

function isGlobalProcess(node: Node, parent: Node | undefined, field: string): boolean {
  if (node.type !== 'Identifier' || node.name !== 'process' || parent === undefined) return false;
  // A way to import a built-in module, no more.
  if (field === 'object' && isNode(parent.property) && parent.property.name === 'getBuiltinModule') return false;
  if (parent.type === 'MemberExpression' && field === 'property' && parent.computed !== true)
    return isNode(parent.object) && parent.object.name === 'globalThis';
  const isName = field === 'key' && parent.computed !== true && parent.shorthand !== true;
  return !isName && !parent.type.startsWith('TS') && !parent.type.includes('Specifier');
}
