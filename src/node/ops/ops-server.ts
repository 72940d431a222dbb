/* Health, readiness and metrics by HTTP, for operators: on a port of their own, or below a path of a port that only this machine reaches. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Router } from '../../router/router.ts';
import { pathOf } from '../http/files.ts';
import { hostCheck, hostComplaint } from '../http/hosts.ts';
import { httpServer } from '../http/http-server.ts';
import { requestTurns } from '../http/request-turns.ts';
import { NOT_JOINED, SHUTTING_DOWN } from '../http/unavailable.ts';
import { isLoopback } from '../port/loopback.ts';
import type { OpsConfig } from '../port/ops-config.ts';
import { type Metrics, openMetrics } from './metrics.ts';

export interface OpsOptions extends OpsConfig {
  /** Asked by `/readyz`, besides whether the router is open: whether everything else is ready. A text says why it is not. Default: it is. */
  readonly isReady?: (() => boolean | string) | undefined;
}

export interface Ops {
  /** Answers the request if it is for one of its addresses; otherwise returns false. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** `http://127.0.0.1:9090`, on its own port. */
  readonly url: string | undefined;
  /** Its own port takes no new connections. */
  stopAccepting(): void;
  close(): void;
}

const TEXT = 'text/plain; charset=utf-8';
const TIMEOUT_MS = 10_000;
const PROXIED: readonly string[] = ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'];
const MAX_HEADER_BYTES = 2 ** 14;

/** @throws Error if prom-client is needed and not installed; Node's error for a taken port. */
export async function openOps(router: Router, options: OpsOptions): Promise<Ops> {
  const { port, host = '127.0.0.1', path, procedures = [], isReady = () => true } = options;
  const metrics = options.metrics === false ? undefined : await openMetrics(router, procedures);
  const answers = answersOf(router, metrics, isReady);
  const base = path ?? '';
  const handle = (request: IncomingMessage, response: ServerResponse): boolean => {
    const asked = pathOf(request);
    if (asked !== base && !asked.startsWith(`${base}/`)) return false;
    // On a shared port it is for this machine only, and a proxy stands for others.
    if (path !== undefined && PROXIED.some((name) => request.headers[name] !== undefined)) return false;
    answer(request, response, answers.get(asked.slice(base.length)), [...answers.keys()], router);
    return true;
  };
  if (port === undefined) return { handle, url: undefined, stopAccepting: () => {}, close: () => metrics?.close() };
  try {
    const server = await ownServer(port, host, handle);
    const address = server.address();
    const at = typeof address === 'object' && address ? address.port : port;
    return {
      handle: () => false,
      url: `http://${urlHost(host)}:${at}`,
      stopAccepting: () => {
        server.close();
        server.closeIdleConnections();
      },
      close: () => {
        metrics?.close();
        server.close();
        server.closeAllConnections();
      },
    };
  } catch (error) {
    metrics?.close();
    throw error;
  }
}

type Answer = () => Promise<{ readonly status: number; readonly text: string; readonly type: string }>;

function answersOf(router: Router, metrics: Metrics | undefined, isReady: () => boolean | string): ReadonlyMap<string, Answer> {
  return new Map<string, Answer>([
    ['/healthz', async () => ({ status: 200, text: 'ok\n', type: TEXT })],
    [
      '/readyz',
      async () => {
        const why = whyNot(router) ?? whyNotAll(isReady());
        return { status: why === undefined ? 200 : 503, text: `${why ?? 'ready'}\n`, type: TEXT };
      },
    ],
    ...(metrics
      ? ([['/metrics', async () => ({ status: 200, text: await metrics.text(), type: metrics.contentType })]] as const)
      : []),
  ]);
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  found: Answer | undefined,
  known: readonly string[],
  router: Router,
): void {
  request.resume();
  const say = (status: number, text: string, type = TEXT, more: { readonly [name: string]: string } = {}): void => {
    if (response.destroyed || response.headersSent) return;
    const head = { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...more };
    response.writeHead(status, head).end(request.method === 'HEAD' ? undefined : text);
  };
  if (!found) return say(404, `expected ${known.join(', ')}\n`);
  if (request.method !== 'GET' && request.method !== 'HEAD') return say(405, 'expected GET\n', TEXT, { allow: 'GET, HEAD' });
  found().then(
    ({ status, text, type }) => say(status, text, type),
    (error: unknown) => {
      router.note({ level: 'error', message: 'the metrics could not be read', error });
      say(500, 'the router could not answer; its log says why\n');
    },
  );
}

async function ownServer(port: number, host: string, handle: Ops['handle']): Promise<Server> {
  // A page whose name was made to point here must not read them.
  const isHostFine = hostCheck({ hosts: isLoopback(host) ? [] : '*', known: [host], trustProxy: false });
  const inTurn = requestTurns(() => {});
  const server = httpServer(
    { tls: undefined, timeoutMs: TIMEOUT_MS, maxHeaderBytes: MAX_HEADER_BYTES, inTurn },
    (request, response) =>
      inTurn(request, response, () => {
        if (isHostFine(request)) handle(request, response);
        else response.writeHead(421, { 'content-type': TEXT, connection: 'close' }).end(`${hostComplaint(request)}\n`);
      }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return server;
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function whyNotAll(isReady: boolean | string): string | undefined {
  return isReady === true ? undefined : isReady || 'not everything has started yet';
}

/** Undefined: the router serves clients. */
function whyNot({ isDraining, isReady }: Router): string | undefined {
  if (isDraining) return SHUTTING_DOWN;
  return isReady ? undefined : NOT_JOINED;
}
