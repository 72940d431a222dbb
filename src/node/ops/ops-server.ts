/* Health, readiness and metrics by HTTP, for operators: on a port of their own, or below a path of a port that only this machine reaches. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Awaitable } from '../../base/words.ts';
import { pathOf } from '../http/files.ts';
import { hostCheck, hostComplaint } from '../http/hosts.ts';
import { httpServer } from '../http/http-server.ts';
import { requestTurns } from '../http/request-turns.ts';
import { isLoopback } from '../port/loopback.ts';
import type { OpsConfig } from '../port/ops-config.ts';
import type { Metrics } from './metrics.ts';

export interface OpsOptions extends OpsConfig {
  /** Asked by `/readyz`, besides whether the router is open: whether everything else is ready. A text says why it is not. Default: it is. */
  readonly isReady?: (() => boolean | string) | undefined;
}

/** Whose health, readiness and metrics it is: those of a router, or of all processes together. */
export interface OpsSubject {
  /** Undefined: it is well. Otherwise `/healthz` and `/readyz` say this. */
  readonly whyUnwell: () => Awaitable<string | undefined>;
  /** Undefined: it serves clients. Otherwise `/readyz` says this. */
  readonly whyNotReady: () => string | undefined;
  /** @throws Error if prom-client is not installed. */
  readonly openMetrics: (procedures: readonly string[]) => Promise<Metrics>;
  /** The metrics could not be read. */
  readonly failed: (error: unknown) => void;
  /** Another process has the port of its own: this one only counts. Default false. */
  readonly isElsewhere?: boolean | undefined;
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
export async function openOps(subject: OpsSubject, options: OpsOptions): Promise<Ops> {
  const { port, host = '127.0.0.1', path, procedures = [], isReady = () => true } = options;
  const metrics = options.metrics === false ? undefined : await subject.openMetrics(procedures);
  const answers = answersOf(subject, metrics, isReady);
  const base = path ?? '';
  const handle = (request: IncomingMessage, response: ServerResponse): boolean => {
    const asked = pathOf(request);
    if (asked !== base && !asked.startsWith(`${base}/`)) return false;
    // On a shared port it is for this machine only, and a proxy stands for others.
    if (path !== undefined && PROXIED.some((name) => request.headers[name] !== undefined)) return false;
    answer(request, response, answers.get(asked.slice(base.length)), [...answers.keys()], subject);
    return true;
  };
  const silent = { url: undefined, stopAccepting: () => {}, close: () => metrics?.close() };
  if (port === undefined) return { ...silent, handle };
  if (subject.isElsewhere) return { ...silent, handle: () => false };
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

function answersOf(
  { whyUnwell, whyNotReady }: OpsSubject,
  metrics: Metrics | undefined,
  isReady: () => boolean | string,
): ReadonlyMap<string, Answer> {
  const health = (well: string, why: string | undefined): Awaited<ReturnType<Answer>> => ({
    status: why === undefined ? 200 : 503,
    text: `${why ?? well}\n`,
    type: TEXT,
  });
  return new Map<string, Answer>([
    ['/healthz', async () => health('ok', await whyUnwell())],
    ['/readyz', async () => health('ready', whyNotReady() ?? whyNotAll(isReady()) ?? (await whyUnwell()))],
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
  subject: OpsSubject,
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
      subject.failed(error);
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
