import type { FastifyInstance, FastifyReply } from 'fastify';
import { fail } from '../../platform/errors.ts';
import { languageOf } from '../cookies.ts';
import type { Authority } from '../tls/authority.ts';
import { toPem } from '../tls/x509.ts';
import { mobileconfig } from './mobileconfig.ts';
import { trustPage } from './trust-page.ts';

export interface TrustDeps {
  readonly hubName: () => string;
  /** Undefined while there is no HTTPS. */
  readonly httpsUrl: () => string | undefined;
  /** Undefined with a configured certificate. */
  readonly authority: () => Authority | undefined;
  readonly names: () => readonly string[];
}

function sendFile(reply: FastifyReply, type: string, name: string, content: Uint8Array | string): FastifyReply {
  return reply.type(type).header('content-disposition', `attachment; filename="${name}"`).send(content);
}

/** The only addresses that plain HTTP serves beyond the machine itself: there is nothing secret in them. */
export function addTrust(app: FastifyInstance, deps: TrustDeps): void {
  app.get('/trust', (request, reply) => {
    const httpsUrl = deps.httpsUrl();
    if (httpsUrl === undefined) throw fail('not_found', { noun: 'address' });
    const fingerprint = deps.authority()?.certificate.fingerprint256;
    const facts = { hubName: deps.hubName(), names: deps.names(), fingerprint, httpsUrl };
    const { html, headers } = trustPage(facts, languageOf(request.headers.cookie, request.headers['accept-language']));
    return reply.headers(headers).send(html);
  });

  const certificate = () => {
    const authority = deps.authority();
    if (authority === undefined) throw fail('not_found', { noun: 'certificate' });
    return authority.certificate;
  };
  app.get('/trust/ca.crt', (_request, reply) =>
    sendFile(reply, 'application/x-x509-ca-cert', 'stoop-hub.crt', certificate().raw),
  );
  app.get('/trust/ca.pem', (_request, reply) =>
    sendFile(reply, 'application/x-pem-file', 'stoop-hub.pem', toPem(certificate().raw)),
  );
  app.get('/trust/ca.mobileconfig', (_request, reply) => {
    const { raw, fingerprint256 } = certificate();
    const profile = mobileconfig(deps.hubName(), raw, fingerprint256);
    return sendFile(reply, 'application/x-apple-aspen-config', 'stoop-hub.mobileconfig', profile);
  });
}
