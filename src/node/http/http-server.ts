/*
 * The HTTP or HTTPS server of a port, with its own limits instead of those of Node.js. Requests that Node.js would answer itself are answered here, in turn, as
 * all other requests are. Otherwise a client that sends many at once would delay all others.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { nodeTls, type TlsOptions } from '../tls/tls.ts';
import type { HttpHandler } from './files.ts';
import { hostHeaders } from './hosts.ts';
import type { InTurn } from './request-turns.ts';

export interface HttpServerOptions {
  readonly tls: TlsOptions | undefined;
  /** Of TLS, and for all headers of a request, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxHeaderBytes: number;
  readonly inTurn: InTurn;
}

/** @param handler - For every valid request; it waits for its turn itself. */
export function httpServer({ tls, timeoutMs, maxHeaderBytes, inTurn }: HttpServerOptions, handler: HttpHandler): Server {
  // A client that sends headers slowly gets as much time as a silent one; Node's own limits are a minute, checked twice a minute.
  const bounds = {
    headersTimeout: timeoutMs,
    connectionsCheckingInterval: Math.min(timeoutMs, 1000),
    requestTimeout: 0,
    maxHeaderSize: maxHeaderBytes,
    requireHostHeader: false,
  };
  const requestCert = tls?.ca !== undefined;
  const server = tls
    ? createTlsServer({ ...bounds, requestCert, handshakeTimeout: timeoutMs, ...nodeTls(tls) })
    : createServer(bounds);
  server.on('request', (request, response) => {
    // `close` has ended only idle connections: one that was sending a file would stay open for seconds.
    response.once('close', () => server.listening || server.closeIdleConnections());
    // RFC 9112, 3.2
    const hosts = hostHeaders(request);
    if (hosts === 1 || (hosts === 0 && request.httpVersion !== '1.1')) return handler(request, response);
    inTurn(request, response, () =>
      refuse(response, 400, hosts === 0 ? 'expected the header Host' : `expected one header Host, got ${hosts}`),
    );
  });
  // RFC 9110, 10.1.1: `100-continue` is the only expectation that exists, and comes as a request.
  server.on('checkExpectation', (request, response) => {
    inTurn(request, response, () => refuse(response, 417, "expected the header Expect to be '100-continue'"));
  });
  return server;
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${text}\n`);
}
