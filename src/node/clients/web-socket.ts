/*
 * A WebSocket on Node.js with options that a page does not have. It connects as every WebSocket does.
 */
import type { Agent } from 'node:http';
import { WebSocket } from 'ws';
import { any, bool, checkOptions, dict, type Known, withoutSecrets } from '../../base/options.ts';
import { withoutLogin } from '../../base/words.ts';
import type { Connector } from '../../transport/transport.ts';
import { webSocketConnector } from '../../transport/websocket.ts';
import { channelBinding } from '../tls/channel-binding.ts';
import { nodeTls, type TlsOptions, tlsOptions } from '../tls/tls.ts';
import { checkedByteLimit } from './byte-limit.ts';

export interface WebSocketOptions {
  /** Headers of the HTTP request: cookies, an authorization. */
  readonly headers?: { readonly [name: string]: string } | undefined;
  /** Of `wss://`. */
  readonly tls?: TlsOptions | undefined;
  /** An `http.Agent`, for proxies. */
  readonly agent?: object | undefined;
  /** Offers `permessage-deflate`. It costs memory and time, and helps with large messages over slow networks. Default false. */
  readonly compression?: boolean | undefined;
  /** The longest message that is accepted, in bytes. An integer from 1 to 2^31 - 1. A longer one ends the connection. Default 100 MiB. */
  readonly maxMessageBytes?: number | undefined;
}

const known: Known & { readonly [name in keyof Required<WebSocketOptions>]: unknown } = {
  headers: dict,
  tls: tlsOptions,
  agent: dict,
  compression: bool,
  maxMessageBytes: any,
};

/**
 * A WebSocket with options that browsers do not have: headers, certificates, a proxy.
 *
 * @param url - `ws://host:port/path` or `wss://…`. A user name and a password in it are sent as HTTP's basic authorization, and not shown in
 * errors, status and log.
 * @returns A connector, to use instead of a URL. Connecting fails as with a URL.
 * @throws TypeError for options that do not exist, and values that they cannot have.
 * @example new Connection({ url: webSocket('wss://example.com/ws', { headers: { authorization: 'Bearer …' } }), realm: 'realm1' });
 */
export function webSocket(url: string | URL, options: WebSocketOptions = {}): Connector {
  checkOptions('webSocket', options, known, withoutSecrets);
  const { headers, tls, agent, compression = false, maxMessageBytes } = options;
  const settings = {
    ...nodeTls(tls),
    perMessageDeflate: compression,
    ...(headers && { headers: { ...headers } }),
    ...(agent && { agent: agent as Agent }),
    ...(maxMessageBytes !== undefined && { maxPayload: checkedByteLimit(maxMessageBytes) }),
  };
  const address = String(url);
  return {
    name: withoutLogin(address),
    connect: async (dial) => {
      let line: WebSocket | undefined;
      class Dialled extends WebSocket {
        constructor(to: string, protocols: string[]) {
          super(to, protocols, settings);
          line = this;
        }
      }
      const transport = await webSocketConnector(address, Dialled).connect(dial);
      return Object.assign(transport, { channelBinding: (type: string) => channelBinding(line && socketOf(line), type, 'client') });
    },
  };
}

/** Not public in `ws`. */
function socketOf(webSocket: WebSocket): unknown {
  return '_socket' in webSocket ? webSocket._socket : undefined;
}
