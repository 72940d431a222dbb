/*
 * From what the user gives as `url` to something that can connect.
 */
import { asList } from '../../base/checks.ts';
import { TransportError } from '../../base/errors.ts';
import { withoutLogin } from '../../base/words.ts';
import type { Connector } from '../../transport/transport.ts';
import { webSocketConnector } from '../../transport/websocket.ts';
import type { WebSocketClass } from '../../transport/websocket-line.ts';
import type { Targets } from '../api/connection-options.ts';

/** A page's address, where there is one. */
interface PageLocation {
  readonly protocol: string;
  readonly host: string;
}

/**
 * The connector for one attempt: lists are gone through in turn.
 *
 * @throws {@link TransportError} `autostrada.error.invalid_url`.
 */
export function connectorFor(targets: Targets, attempt: number, WebSocketHere: WebSocketClass | undefined): Connector {
  const list = asList(targets);
  const target = list[(attempt - 1) % list.length];
  if (target === undefined) throw invalidUrl('an empty list');
  if (typeof target === 'object' && 'connect' in target) return target;
  const { location }: { location?: PageLocation } = globalThis;
  return webSocketConnector(toWebSocketUrl(String(target), location), WebSocketHere);
}

function invalidUrl(what: string, hint = ''): TransportError {
  return new TransportError(`expected url to be ws://host:port/path or wss://…, got ${what}${hint}`, {
    uri: 'autostrada.error.invalid_url',
  });
}

// No URL class here: the oldest browsers have none. What it would catch further, the WebSocket's constructor catches.
const WEBSOCKET = /^wss?:\/\/(?:\[[\da-f:.]+\]|[^\s/?#@:]+)(?::(\d+))?(?:[/?][^\s#]*)?$/i;

export function toWebSocketUrl(given: string, page: PageLocation | undefined): string {
  let url = given.trim();
  if (page?.host) url = url.replace(/^\/(?!\/)/, `${page.protocol}//${page.host}/`).replace(/^http(?=s?:)/i, 'ws');
  const found = WEBSOCKET.exec(url);
  if (found && Number(found[1] ?? 0) < 2 ** 16) return url;
  const shown = withoutLogin(url);
  let hint = '';
  if (/^(rss?|unix):/i.test(url)) hint = `: for RawSocket give rawSocket('${shown}') of 'autostrada/node' as url`;
  else if (shown !== url) hint = ": log in by auth; for a login of HTTP give webSocket(url) of 'autostrada/node' as url";
  throw invalidUrl(JSON.stringify(withoutLogin(given)), hint);
}
