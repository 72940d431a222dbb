/*
 * The HTTP bridge as a function for servers of other makers: Express, Connect, `http.createServer`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkOptions, type Known } from '../base/options.ts';
import type { Router } from '../router/router.ts';
import { admission } from './http/admission.ts';
import { MAX_UNANSWERED, requestTurns } from './http/request-turns.ts';
import { type HttpOptions, httpChecks, settleBridge } from './http-bridge/bridge-config.ts';
import { bridgeHandler } from './http-bridge/http-bridge.ts';
import { type PortConfig, portChecks } from './port/port-config.ts';

/** `origins`, `hosts` and `trustProxy` are as for `listen`. */
export interface HttpBridgeOptions extends HttpOptions, Pick<PortConfig, 'origins' | 'hosts' | 'trustProxy'> {}

/** Takes a request. One that is not for the bridge goes to `next`, or is answered 404 without it. */
export interface HttpBridge {
  (request: IncomingMessage, response: ServerResponse, next?: () => void): void;
  /** Ends streams and idle sessions, and refuses new requests. The router continues. */
  close(): Promise<void>;
}

const { origins, hosts, trustProxy } = portChecks;
const known: Known = { ...httpChecks, origins, hosts, trustProxy };

/**
 * Makes a handler of HTTP requests for calls, publications and events. A port of `listen` has the same by its option `http`.
 *
 * Nobody may have read the body before: with Express, put it before `express.json()`.
 *
 * @throws TypeError for an option that is unknown or out of range, and for a realm that the router does not have.
 * @example
 * const app = express();
 * app.use('/api', httpBridge(router));
 */
export function httpBridge(router: Router, options: HttpBridgeOptions = {}): HttpBridge {
  checkOptions('httpBridge', options, known);
  const { origins = [], hosts = [], trustProxy = false, ...config } = options;
  const { longPoll: refusalOf } = admission({ origins, hosts, trustProxy, host: undefined, address: () => null });
  const inTurn = requestTurns(() => router.turnAway(`${MAX_UNANSWERED} requests of one connection`, 'too many wait for an answer'));
  const bridge = bridgeHandler(router, settleBridge(config, router), { refusalOf, inTurn, trustProxy });
  const take = (request: IncomingMessage, response: ServerResponse, next?: () => void): void => {
    if (bridge.handle(request, response)) return;
    if (next) return next();
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found.\n');
  };
  return Object.assign(take, { close: () => bridge.close() });
}
