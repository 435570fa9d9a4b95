import type { Server as HttpServer, RequestListener } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

// The ESM namespace of these two costs 30 ms and 13 MB more than the module itself.
const http = process.getBuiltinModule('node:http');
const https = process.getBuiltinModule('node:https');

/** A slow or silent caller is cut off; a keep-alive outlives the live stream's heartbeat. */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  // A request without a Host is refused by the guards, in the catalogue's words.
  requireHostHeader: false,
};
const maxConnections = 2000;

export interface Listener {
  readonly server: HttpServer | HttpsServer;
  readonly port: number;
  close(): Promise<void>;
}

const badRequest = '{"code":"bad_request","message":"request: cannot be read","field":"request"}';

/** Answers what is no HTTP at all; Node has no request object then. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${badRequest.length}\r\nConnection: close\r\n\r\n${badRequest}`,
  );
}

/** Requests under way may finish; each connection goes as soon as it is idle, and all of them after two seconds. */
function close(server: HttpServer | HttpsServer): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const giveUp = setTimeout(() => server.closeAllConnections(), 2000);
  return new Promise((resolve) => {
    server.close(() => {
      clearInterval(idle);
      clearTimeout(giveUp);
      resolve();
    });
  });
}

async function listen(server: HttpServer | HttpsServer, host: string, port: number): Promise<Listener> {
  server.maxConnections = maxConnections;
  server.on('clientError', refuseGarbage);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    server,
    port: (server.address() as AddressInfo).port,
    close: () => close(server),
  };
}

export function listenHttp(handler: RequestListener, host: string, port: number): Promise<Listener> {
  return listen(http.createServer(limits, handler), host, port);
}

export function listenHttps(
  handler: RequestListener,
  host: string,
  port: number,
  certificate: SecureContextOptions,
): Promise<Listener & { readonly server: HttpsServer }> {
  const server = https.createServer({ ...limits, ...certificate, minVersion: 'TLSv1.2' }, handler);
  return listen(server, host, port) as Promise<Listener & { readonly server: HttpsServer }>;
}
