import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type TObject, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parse } from 'smol-toml';
import { fail } from '../platform/errors.ts';
import { Config, defaults, simulatorChainId } from './schema.ts';

type Tree = { [key: string]: unknown };
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Defaults, then the file, then `STOOP_…` of the environment. Relative paths count from the file's folder (without a
 * file: from `cwd`). Throws `config_invalid` naming the key: unknown, of the wrong type, or not readable.
 */
export function loadConfig(options: { file?: string; env: Environment; cwd: string }): Config {
  const fromFile = options.file ? readToml(resolve(options.cwd, options.file)) : {};
  const tree = merge(merge(structuredClone(defaults) as Tree, listed(fromFile)), fromEnvironment(Config, options.env));
  const [wrong] = Value.Errors(Config, tree);
  if (wrong) {
    throw fail('config_invalid', {
      key: wrong.path.slice(1).replaceAll('/', '.') || 'stoop.toml',
      rule: wrong.message,
    });
  }
  assertSound(tree as unknown as Config);
  const base = options.file ? dirname(resolve(options.cwd, options.file)) : options.cwd;
  return withAbsolutePaths(tree as unknown as Config, base);
}

/** What no single key shows. Throws `config_invalid`. */
function assertSound({ mail, webhooks, officers, chain }: Config): void {
  const refuse = (key: string, rule: string) => fail('config_invalid', { key, rule });
  if ((mail?.user === undefined) !== (mail?.passwordFile === undefined))
    throw refuse(
      mail?.user === undefined ? 'mail.user' : 'mail.passwordFile',
      'goes with the other one, or both are left out',
    );
  if (mail?.user !== undefined && mail.security === 'none')
    throw refuse('mail.security', 'a password is not sent in the clear');
  if (officers.keystore !== undefined && chain.chainId !== simulatorChainId)
    throw refuse(
      'officers.keystore',
      'is for the demonstration’s chain; elsewhere officers sign with wallets of their own',
    );
  if (officers.passphraseFile !== undefined && officers.keystore === undefined)
    throw refuse('officers.passphraseFile', 'opens officers.keystore, which is missing');
  const twice = webhooks.findIndex((one, index) => webhooks.findIndex(({ name }) => name === one.name) < index);
  if (twice >= 0) throw refuse(`webhooks.${twice}.name`, 'is taken by another webhook');
}

function readToml(path: string): Tree {
  try {
    return parse(readFileSync(path, 'utf8')) as Tree;
  } catch (error) {
    throw fail('config_invalid', { key: path, rule: error instanceof Error ? error.message : 'cannot be read' }, error);
  }
}

/** `chain.rpcUrl`, as it was written when a building had one endpoint, is a list of one. */
function listed(tree: Tree): Tree {
  if (!isTree(tree.chain) || !('rpcUrl' in tree.chain)) return tree;
  const { rpcUrl, ...chain } = tree.chain;
  if ('rpcUrls' in chain)
    throw fail('config_invalid', { key: 'chain.rpcUrl', rule: 'stands beside chain.rpcUrls; keep the list' });
  return { ...tree, chain: { ...chain, rpcUrls: [rpcUrl] } };
}

function merge(base: Tree, over: Tree): Tree {
  for (const [key, value] of Object.entries(over)) {
    const before = base[key];
    base[key] = isTree(before) && isTree(value) ? merge(before, value) : value;
  }
  return base;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `chain.rpcUrls` is `STOOP_CHAIN_RPC_URLS`, with commas; an unknown `STOOP_…` is an error as an unknown key is. */
function fromEnvironment(schema: TObject, env: Environment): Tree {
  const leaves = new Map(leavesOf(schema, []).map((leaf) => [variableOf(leaf.path), leaf]));
  const tree: Tree = {};
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('STOOP_') || text === undefined) continue;
    if (variable === 'STOOP_CHAIN_RPC_URL') {
      merge(tree, { chain: { rpcUrls: [text] } });
      continue;
    }
    const leaf = leaves.get(variable);
    if (!leaf) throw fail('config_invalid', { key: variable, rule: 'is no setting of this hub' });
    const value = leaf.schema.type === 'array' ? text.split(',') : Value.Convert(leaf.schema, text);
    merge(tree, leaf.path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree);
  }
  return tree;
}

function leavesOf(schema: TObject, path: string[]): { path: string[]; schema: TSchema }[] {
  return Object.entries(schema.properties).flatMap(([key, value]) =>
    value.type === 'object'
      ? leavesOf(value as TObject, [...path, key])
      : [{ path: [...path, key], schema: value ?? Type.Any() }],
  );
}

const variableOf = (path: readonly string[]): string =>
  `STOOP_${path.map((key) => key.replace(/[A-Z]/g, (letter) => `_${letter}`)).join('_')}`.toUpperCase();

function withAbsolutePaths(config: Config, base: string): Config {
  const absolute = (path: string | undefined) => (path === undefined ? undefined : resolve(base, path));
  return {
    ...config,
    dataDir: resolve(base, config.dataDir),
    https: { ...config.https, certFile: absolute(config.https.certFile), keyFile: absolute(config.https.keyFile) },
    chain: { ...config.chain, deploymentFile: absolute(config.chain.deploymentFile) },
    officers: {
      ...config.officers,
      keystore: absolute(config.officers.keystore),
      passphraseFile: absolute(config.officers.passphraseFile),
    },
    mail: config.mail && {
      ...config.mail,
      passwordFile: absolute(config.mail.passwordFile),
      caFile: absolute(config.mail.caFile),
    },
    webhooks: config.webhooks.map((hook) => ({ ...hook, secretFile: resolve(base, hook.secretFile) })),
    demo: { ...config.demo, file: absolute(config.demo.file) },
  };
}
