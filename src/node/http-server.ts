/*
 * The HTTP or HTTPS server of a port, with bounds in place of those of Node.js. What Node.js would answer by itself is answered here, in turn, as
 * all other requests are: else a client that sends many at once would hold everybody up.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { HttpHandler } from './files.ts';
import type { InTurn } from './request-turns.ts';
import { nodeTls, type TlsOptions } from './tls.ts';

export interface HttpServerOptions {
  readonly tls: TlsOptions | undefined;
  /** Of TLS, and for all headers of a request, in milliseconds. */
  readonly timeoutMs: number;
  readonly maxHeaderBytes: number;
  readonly inTurn: InTurn;
}

/** @param handler - For every request that makes sense; it sees to its turn itself. */
export function httpServer({ tls, timeoutMs, maxHeaderBytes, inTurn }: HttpServerOptions, handler: HttpHandler): Server {
  // Who sends headers slowly holds a connection for as long as a silent one may; Node's own limits are a minute, looked at twice a minute.
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
    // `close` has ended what was idle then: a file that was on its way would leave its connection open for seconds.
    response.once('close', () => server.listening || server.closeIdleConnections());
    // RFC 9112, 3.2
    if (request.headers.host !== undefined || request.httpVersion !== '1.1') return handler(request, response);
    inTurn(request, response, () => refuse(response, 400, 'expected the header Host'));
  });
  // RFC 9110, 10.1.1: `100-continue` is the only one that there is, and comes as a request.
  server.on('checkExpectation', (request, response) => {
    inTurn(request, response, () => refuse(response, 417, "expected the header Expect to be '100-continue'"));
  });
  return server;
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${text}\n`);
}
