/** Where a connection comes from. */
export interface TransportInfo {
  readonly kind: 'memory' | 'websocket' | 'rawsocket' | 'longpoll' | (string & {});
  /** The address of the other end. */
  readonly peer?: string | undefined;
  readonly isSecure?: boolean | undefined;
  /** Bytes that only the two ends of this TLS connection know (WAMP "TLS Channel Binding"); undefined if there are none. */
  channelBinding?(type: string): Uint8Array | undefined;
}
