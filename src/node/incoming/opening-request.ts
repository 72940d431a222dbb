/* What hooks see of the HTTP request by which a connection began. */
import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import type { OpeningRequest } from '../../router/session/transport-info.ts';

type Given = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'httpVersion'>;

export function openingRequest({ method = 'GET', url = '/', headers, httpVersion }: Given): OpeningRequest {
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
