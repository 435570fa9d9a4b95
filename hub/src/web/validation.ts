import { createRequire } from 'node:module';
import { type TSchema, Type } from '@sinclair/typebox';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import { fail, type StoopError } from '../platform/errors.ts';

type Part = 'body' | 'querystring' | 'params';
type Validate = (data: unknown) => { value: unknown } | { error: StoopError };

type Json = { readonly [key: string]: unknown };
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The schema with every object closed: a key that nobody named is refused, not dropped. Branches of `allOf` stay as
 * they are, since each sees the others' keys.
 */
export function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (!isObject(schema)) return schema;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' && isObject(value)) {
      copy[key] = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, closed(inner)]));
    } else {
      copy[key] = key === 'items' || key === 'anyOf' || key === 'oneOf' ? closed(value) : value;
    }
  }
  if (isObject(schema.properties) && schema.additionalProperties === undefined) copy.additionalProperties = false;
  return copy;
}

const wording: Partial<Record<string, (error: ErrorObject) => string>> = {
  required: () => 'is missing',
  additionalProperties: () => 'is not known here',
  type: ({ params }) => {
    const [type] = [params.type as string | string[]].flat();
    return `must be ${/^[aeio]/.test(type!) ? 'an' : 'a'} ${type}`;
  },
  minimum: ({ params }) => `must be at least ${params.limit}`,
  maximum: ({ params }) => `must be at most ${params.limit}`,
  exclusiveMinimum: ({ params }) => `must be more than ${params.limit}`,
  exclusiveMaximum: ({ params }) => `must be less than ${params.limit}`,
  minLength: ({ params }) => `must have at least ${params.limit} characters`,
  maxLength: ({ params }) => `must have at most ${params.limit} characters`,
  minItems: ({ params }) => `must have at least ${params.limit} items`,
  maxItems: ({ params }) => `must have at most ${params.limit} items`,
  multipleOf: ({ params }) => `must be a multiple of ${params.multipleOf}`,
  format: ({ params }) => `must be a ${params.format}`,
  pattern: () => 'is not well formed',
  const: ({ params }) => `must be ${JSON.stringify(params.allowedValue)}`,
  enum: ({ params }) => `must be one of ${(params.allowedValues as unknown[]).join(', ')}`,
};

/** Of a failed union only the whole counts, which ajv names last: its first branches are somebody else's rules. */
function chosen(errors: readonly ErrorObject[]): ErrorObject {
  const last = errors[errors.length - 1]!;
  return last.keyword === 'anyOf' || last.keyword === 'oneOf' ? last : errors[0]!;
}

function unionRule(error: ErrorObject): string | undefined {
  if ((error.keyword !== 'anyOf' && error.keyword !== 'oneOf') || !Array.isArray(error.schema)) return undefined;
  const branches = error.schema as Json[];
  if (!branches.every((branch) => 'const' in branch)) return 'has no form that is known here';
  return `must be one of ${branches.map((branch) => String(branch.const)).join(', ')}`;
}

function toError(errors: readonly ErrorObject[], part: Part): StoopError {
  const error = chosen(errors);
  const key = error.params.missingProperty ?? error.params.additionalProperty;
  const path = [...error.instancePath.split('/').slice(1), ...(key === undefined ? [] : [String(key)])];
  const rule = unionRule(error) ?? wording[error.keyword]?.(error) ?? error.message ?? 'is not valid';
  return fail('bad_request', { field: path.join('.') || (part === 'querystring' ? 'query' : part), rule });
}

/** For a query string or a body that a route has no use for: absent or empty, checked without a compiler. */
export const nothing = Type.Unsafe<null>({ type: ['object', 'null'], properties: {} });

function takeNothing(data: unknown): ReturnType<Validate> {
  if (data === null) return { value: data };
  if (!isObject(data)) return { error: fail('bad_request', { field: 'body', rule: 'must be an object' }) };
  for (const field in data) return { error: fail('bad_request', { field, rule: 'is not known here' }) };
  return { value: data };
}

/**
 * Fastify's validator compiler. Bodies are taken literally; addresses and query strings are text, so their numbers,
 * booleans and single-valued lists are read from it. ajv is loaded and each schema compiled on its first request
 * (26 ms and about 1 ms per schema that a start does not pay).
 */
export function createValidatorCompiler(): (route: { schema: TSchema; httpPart?: string }) => Validate {
  const load = createRequire(import.meta.url);
  let compilers: { literal: Ajv; text: Ajv } | undefined;

  function compile(schema: TSchema, part: Part): ValidateFunction {
    if (compilers === undefined) {
      const { Ajv } = load('ajv') as typeof import('ajv');
      const addFormats = load('ajv-formats') as (ajv: Ajv) => Ajv;
      const options = { useDefaults: true, verbose: true, strict: false } as const;
      compilers = {
        literal: addFormats(new Ajv(options)),
        text: addFormats(new Ajv({ ...options, coerceTypes: 'array' })),
      };
    }
    return (part === 'body' ? compilers.literal : compilers.text).compile(closed(schema) as object);
  }

  return ({ schema, httpPart }) => {
    const part = httpPart as Part;
    if (schema === nothing) return takeNothing;
    let validate: ValidateFunction | undefined;
    return (data) => {
      validate ??= compile(schema, part);
      return validate(data) ? { value: data } : { error: toError(validate.errors!, part) };
    };
  };
}
