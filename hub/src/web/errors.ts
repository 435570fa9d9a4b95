import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorDetails, fail, isStoopError, type StoopError } from '../platform/errors.ts';
import type { Log } from '../platform/log.ts';
import { apiHeaders } from './headers.ts';

export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  readonly details?: ErrorDetails;
}

export function errorBody(error: StoopError): ErrorBody {
  const { field, ...details } = error.details;
  return {
    code: error.code,
    message: error.message,
    ...(typeof field === 'string' && { field }),
    ...(Object.keys(details).length > 0 && { details }),
  };
}

const badRequest = (field: string, rule: string, cause: unknown): StoopError =>
  fail('bad_request', { field, rule }, cause);

/** Fastify's own refusals in the catalogue's words. Anything unknown is ours to mend: `internal`. */
export function toStoopError(error: unknown, bodyLimitBytes: number): StoopError {
  if (isStoopError(error)) return error;
  const { code, statusCode } = error as Partial<FastifyError>;
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return fail('body_too_large', { limit: bodyLimitBytes }, error);
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return fail('unsupported_media_type', {}, error);
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return badRequest('Content-Length', 'does not match the body', error);
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return badRequest('body', 'must be JSON', error);
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return badRequest('address', 'cannot be read', error);
  }
  if (error instanceof SyntaxError) return badRequest('body', 'must be JSON', error);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return badRequest('request', 'cannot be read', error);
  return fail('internal', {}, error);
}

/** The one place where a failed request is logged and answered. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const answer = toStoopError(error, request.routeOptions.bodyLimit);
  const fields = { method: request.method, route: request.routeOptions.url, code: answer.code };
  if (answer.status >= 500) log.error({ ...fields, err: answer.cause ?? answer }, 'request failed');
  else log.debug(fields, 'request refused');
  reply.code(answer.status).headers(apiHeaders);
  if (answer.details.seconds !== undefined) reply.header('retry-after', String(answer.details.seconds));
  // An unread rest of a body must not be taken for the next request.
  if (answer.code === 'body_too_large') reply.header('connection', 'close');
  reply.send(errorBody(answer));
}
