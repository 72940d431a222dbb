/* What hooks see of the HTTP request by which a connection began. */
import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import type { OpeningRequest } from '../../router/session/transport-info.ts';

export function openingRequest({ method = 'GET', url = '/', headers, httpVersion }: IncomingMessage): OpeningRequest {
  return {
    method,
    url,
    headers,
    httpVersion,
    get cookies() {
      return cookiesOf(headers.cookie);
    },
  };
}

/** Without a prototype: a cookie may be called `constructor`. */
export function cookiesOf(header: string | undefined): OpeningRequest['cookies'] {
  return parseCookie(header ?? '');
}
