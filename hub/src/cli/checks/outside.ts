import { statSync } from 'node:fs';
import { bad, type Check, ok } from './check.ts';

/** The files with the secrets of mail and webhooks: there, and for the hub alone. Says what they are called, never what they hold. */
export const outside: Check = ({ context }) => {
  const { mail, webhooks } = context.config;
  if (!mail && webhooks.length === 0) return [];
  const files = [
    ...(mail?.passwordFile === undefined ? [] : [{ key: 'mail.passwordFile', path: mail.passwordFile }]),
    ...webhooks.map(({ name, secretFile }) => ({ key: `webhooks ${name} secretFile`, path: secretFile })),
  ];
  const found = files.flatMap(({ key, path }) => {
    const file = statSync(path, { throwIfNoEntry: false });
    if (!file) return [bad('outside', `${key}: ${path} is not there`, 'Put the secret there; it counts at once.')];
    if ((file.mode & 0o077) !== 0) return [bad('outside', `${key}: others can read ${path}`, `chmod 600 ${path}`)];
    return [];
  });
  if (found.length > 0) return found;
  const readers = `${mail?.readers.length ?? 0} readers of letters, ${webhooks.length} webhooks`;
  return [ok('outside', readers)];
};
