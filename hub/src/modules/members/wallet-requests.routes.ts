import { type Hex, type Route, route } from '../../platform/ports/index.ts';
import { IdParams, WalletRequestReply, WalletSignatureBody } from './members.schema.ts';
import type { WalletRequests } from './wallet-requests.ts';

/** Between the page and a member's own wallet: what this session is asked to sign, and the answer. */
export function walletRequestRoutes(requests: WalletRequests): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/wallet-request',
      summary: 'What waits for my own wallet to sign, if anything',
      permission: 'signed-in',
      reply: WalletRequestReply,
      handle: ({ actor }) => ({ body: { request: requests.waiting(actor) } }),
    }),
    route({
      method: 'POST',
      path: '/api/wallet-requests/:id/signature',
      summary: 'My own wallet’s signature; the request that asked for it goes on',
      permission: 'signed-in',
      params: IdParams,
      body: WalletSignatureBody,
      rateLimit: { max: 30, perMs: 60_000, by: 'device' },
      handle({ actor, params, body }) {
        requests.sign(actor, params.id, body.signature as Hex);
        return { status: 204 };
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/wallet-requests/:id',
      summary: 'My wallet does not sign; the request that asked for it ends',
      permission: 'signed-in',
      params: IdParams,
      handle({ actor, params }) {
        requests.refuse(actor, params.id);
        return { status: 204 };
      },
    }),
  ];
}
