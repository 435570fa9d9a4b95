import type { FastifyReply, FastifyRequest } from 'fastify';
import { fail } from '../platform/errors.ts';
import { languageOf } from './cookies.ts';
import { degradedPage } from './degraded-page.ts';
import type { StaticFiles } from './static-files.ts';
import type { HubState } from './types.ts';

type Send = (path: string, request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;

/**
 * Answers a built file, or for an address of the page its index: the page's own router takes it from there. While
 * the store is down or nothing is built, every such address answers the built-in page.
 */
export function createPageSender(files: StaticFiles, hubState: () => HubState): Send {
  function sendDegraded(state: HubState, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { html, headers } = degradedPage(
      state,
      languageOf(request.headers.cookie, request.headers['accept-language']),
    );
    return reply.code(503).headers(headers).send(html);
  }

  return (path, request, reply) => {
    const isPage = !path.startsWith('/api/') && (!/\.\w+$/.test(path) || path === '/index.html');
    if (!isPage) {
      const sent = files.send(path, request, reply);
      if (sent === undefined) throw fail('not_found', { noun: 'address' });
      return sent;
    }
    const state = hubState();
    const sent = state.storeFailure === undefined ? files.send('/index.html', request, reply) : undefined;
    return sent ?? sendDegraded(state, request, reply);
  };
}
