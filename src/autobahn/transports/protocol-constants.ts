/* What `Protocol` shows of itself: names, numbers and defaults, as Autobahn|JS has them. */

export const SERIALIZERS = { json: 1 };
export const STATUS = { CLOSED: -1, UNINITIATED: 0, NEGOCIATING: 1, NEGOCIATED: 2, RXHEAD: 3, RXDATA: 4, RXPING: 5, RXPONG: 6 };
export const ERRORS = {
  0: 'illegal (must not be used)',
  1: 'serializer unsupported',
  2: 'maximum message length unacceptable',
  3: 'use of reserved bits (unsupported feature)',
  4: 'maximum connection count reached',
};
export const MSGTYPES = { WAMP: 0, PING: 1, PONG: 2 } as const;
export const DEFAULT_OPTIONS = {
  fail_on_ping_timeout: true,
  strict_pong: true,
  ping_timeout: 2000,
  autoping: 0,
  max_len_exp: 24,
  serializer: 'json',
  packet_timeout: 2000,
};
