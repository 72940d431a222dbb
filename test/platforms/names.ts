/* Names of the checks, grouped as docs/guide/platforms.md shows them. checks.mjs has the checks; the runner complains when the two differ. */
export const groups = {
  WebSocket: [
    'websocket json',
    'websocket msgpack',
    'websocket cbor',
    'websocket msgpackr',
    'login ticket',
    'login wampcra',
    'login scram',
    'login cryptosign',
    'calls and errors',
    'progress',
    'cancel by signal, and timeoutMs',
    'publish and subscribe',
    'events()',
    'reconnect, with what is durable',
    'drain',
    'a closed port fails at once',
    'a WebSocket that fires error alone',
    'an AbortSignal without a reason',
  ],
  RawSocket: ['rawsocket json', 'rawsocket msgpack', 'rawsocket cbor'],
  'long-poll': ['longpoll json', 'longpoll msgpack', 'longpoll cbor'],
  'router in it': ['a router in the program', 'a test router, and time that stands still'],
  '`listen`': ['listen websocket', 'listen rawsocket', 'listen longpoll'],
  'quiet, ends': ['nothing is said that nobody asked for', 'the program ends by itself'],
} as const;

export const checkNames: readonly string[] = Object.values(groups).flat();
