/** Where a line comes from. */
export interface TransportInfo {
  readonly kind: 'memory' | 'websocket' | 'rawsocket' | 'longpoll' | (string & {});
  /** The far end's address. */
  readonly peer?: string | undefined;
  readonly isSecure?: boolean | undefined;
  /** Bytes that both ends of this TLS connection know and nobody else (WAMP "TLS Channel Binding"); undefined where there are none. */
  channelBinding?(type: string): Uint8Array | undefined;
}
