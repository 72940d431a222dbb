/*
 * Decides which HTTP requests are accepted: by the host name in them (hosts.ts) and by the page that they come from (origins.ts).
 */
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostCheck, hostComplaint } from './hosts.ts';
import { originComplaint, originRules } from './origins.ts';

export interface AdmissionOptions {
  readonly origins: readonly string[] | '*';
  readonly hosts: readonly string[] | '*';
  readonly trustProxy: boolean;
  /** The name in the option `host` of the server. */
  readonly host: string | undefined;
  /** Where the server listens. */
  readonly address: () => AddressInfo | string | null;
}

export interface Refusal {
  /** 421: the request is meant for another server (RFC 9110, 15.5.20). 403: this page may not connect. */
  readonly status: 403 | 421;
  readonly text: string;
}

export interface Admission {
  /** Of an upgrade to WebSocket. */
  webSocket(request: IncomingMessage): Refusal | undefined;
  /** Of a request of long-poll. */
  longPoll(request: IncomingMessage): Refusal | undefined;
  /** Of a file, for which pages of the same origin send no `Origin`. */
  file(request: IncomingMessage): Refusal | undefined;
}

/** @throws TypeError for an invalid entry of `origins` or `hosts`. */
export function admission({ origins, hosts, trustProxy, host, address }: AdmissionOptions): Admission {
  const rules = originRules(origins, address);
  const isHostFine = hostCheck({ hosts, known: [host, ...rules.names], trustProxy });
  const file = (request: IncomingMessage): Refusal | undefined =>
    isHostFine(request) ? undefined : { status: 421, text: hostComplaint(request) };
  const longPoll = (request: IncomingMessage): Refusal | undefined => {
    // The page of a rebound name has that name in its origin, so a listed origin is proof enough.
    if (rules.isListed(request)) return undefined;
    return file(request) ?? (rules.isFine(request) ? undefined : { status: 403, text: originComplaint(request) });
  };
  return {
    file,
    longPoll,
    // Every browser sends an origin here; a program that sends none cannot be rebound.
    webSocket: (request) => (request.headers.origin === undefined ? undefined : longPoll(request)),
  };
}
