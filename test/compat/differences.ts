/*
 * Where the layer does not do what Autobahn|JS does, and why. The run prints this list; a difference that is not here fails, and so does one that is here
 * and not observed. docs/guide/migrating-from-autobahn.md tells users the same.
 */
export interface Difference {
  readonly what: string;
  readonly why: string;
  /** Script and label. */
  readonly at: readonly (readonly [script: string, label: string])[];
}

const gaveUp = [
  'all defaults, nobody there',
  'max_retries 3',
  'own growth and jitter',
  'falsy growth, jitter and cap',
  'onclose returns true',
  'onclose returns false',
  'an open transport begins the count anew',
  'lost after it was joined, then unreachable, then back',
  'a line closed cleanly',
  'initial_retry_delay 0',
];

const thereAndBack = (serializer: string): string => `[H11] payloads: there and back, by ${serializer}Serializer`;

export const differences: readonly Difference[] = [
  {
    what: "A router's answer to a call that was canceled is dropped.",
    why: 'There it is taken for a protocol violation, and every router that follows the specification answers. (Ours does not answer Autobahn|JS.)',
    at: [
      ['call: the answer to what was canceled', 'what is said to the router'],
      ['call: the answer to what was canceled', 'the session'],
    ],
  },
  {
    what: 'INTERRUPT does not end the connection.',
    why: 'There it does. The endpoint is not told: it runs to its end.',
    at: [
      ['invocation: INTERRUPT', 'what is said to the router'],
      ['invocation: INTERRUPT', 'the session'],
    ],
  },
  {
    what: 'What is outstanding when the connection is lost is rejected, with an autobahn.Error `wamp.error.network_failure`.',
    why: 'There it stays pending for ever: the most asked-for fix of all.',
    at: [['reconnect: what is outstanding when the connection is lost', 'told']],
  },
  {
    what: 'HELLO names an agent, and the features of the client underneath.',
    why: 'They are announced because they are carried out; `kill` of a call, say, reaches the endpoint only then.',
    at: [
      ['connection: HELLO', 'keys'],
      ['connection: HELLO', 'roles'],
    ],
  },
  {
    what: 'By default only JSON is offered; MessagePack is `serializers: [new autobahn.serializer.MsgpackSerializer()]`.',
    why: 'JSON is the first of the two there, so every router chose it; who does not use MessagePack does not load it.',
    at: [['connection: what becomes of the options', 'protocols']],
  },
  {
    what: 'The answer to GOODBYE is `wamp.close.goodbye_and_out`, and it is sent.',
    why: 'The URI there is wrong, and over a WebSocket it never leaves.',
    at: [['connection: the router says GOODBYE', 'wire']],
  },
  {
    what: 'A protocol violation is said to the router with ABORT, which has the text.',
    why: 'So the specification has it; the program is told the same.',
    at: [['connection: a protocol violation', 'wire']],
  },
  {
    what: 'After ABORT in an open session the WebSocket is closed without a code, and what is outstanding is rejected.',
    why: 'There it is taken for a protocol violation. In both the connection is tried anew.',
    at: [
      ['[H11] connection: ABORT in an open session', 'wire'],
      ['[H11] connection: ABORT in an open session', 'pending'],
    ],
  },
  {
    what: 'close() of a connection that is joining says ABORT before it closes.',
    why: 'So the router need not wait for what does not come.',
    at: [['connection: closed while it dials, and while it joins', 'wire true']],
  },
  {
    what: 'ABORT after a login that failed has another text, and is sent; the WebSocket is closed with 1000.',
    why: 'There it never leaves. It says what the handler said.',
    at: ['connection: onchallenge throws', 'connection: onchallenge is missing'].flatMap((script) => [
      [script, 'ABORT text'] as const,
      [script, 'close'] as const,
    ]),
  },
  {
    what: 'After onchallenge has failed, onclose has the reason `wamp.error.cannot_authenticate` and a message. The attempts count as retries.',
    why: 'There the reason is null, and max_retries is ignored. What is no signature is sent.',
    at: [
      ['connection: onchallenge throws', 'onclose'],
      ['connection: onchallenge is missing', 'onclose'],
    ],
  },
  {
    what: 'isRetrying is false after the connection has given up.',
    why: 'It does not retry. close() stays silent there, as in Autobahn|JS.',
    at: gaveUp.map((name) => [`reconnect: ${name}`, 'end'] as const),
  },
  {
    what: 'close() while it waits to try again ends that.',
    why: 'There the timer goes on, and the connection opens after it was closed.',
    at: [['reconnect: close() while it waits', 'lines']],
  },
  {
    what: 'open() in onclose opens.',
    why: 'There the new session is thrown away, and the next message is an uncaught TypeError.',
    at: [['reconnect: open() in onclose', 'session']],
  },
  {
    what: 'unsubscribe() of what is unsubscribed throws "subscription not active".',
    why: 'There it does so once, and then throws a TypeError.',
    at: [
      ['unsubscribe: the last one tells the router', 'once more'],
      ['unsubscribe: the router takes it away', 'again'],
    ],
  },
  {
    what: "Of a JavaScript Error that an endpoint throws the caller gets the message: `args: ['the message']`.",
    why: 'There it gets an empty object, since an Error has nothing that JSON shows.',
    at: [['invocation: a JavaScript Error', 'wire']],
  },
  {
    what: "disclose_me is not written into the caller's options.",
    why: 'Options that are used again would disclose after caller_disclose_me was switched off.',
    at: [['disclose_me: by session, unless said otherwise', "the caller's object"]],
  },
  {
    what: 'A prefix is one that was set: `toString:x` is none.',
    why: 'There it finds what every object has.',
    at: [['prefixes', 'resolve']],
  },
  {
    what: 'A call that cannot be serialized is rejected with `wamp.error.invalid_payload`.',
    why: 'There it stays pending for ever.',
    at: [
      ...['a BigInt', 'a BigInt of 64 bits', 'a BigInt beyond'].map((label) => [thereAndBack('JSON'), label] as const),
      [thereAndBack('Msgpack'), 'a BigInt beyond'],
    ],
  },
  {
    what: 'MessagePack and CBOR take what JSON takes, and make of it what JSON makes: what has toJSON goes as what that gives, holes are null.',
    why: 'There some of it is never sent, and the call stays pending; and MessagePack writes what has toJSON as an empty object.',
    at: [
      ...['functions in a list', 'a list with holes', 'what has toJSON', 'a Number object', 'a URL'].map(
        (label) => [thereAndBack('Msgpack'), label] as const,
      ),
      ...[
        'functions in a list',
        'a list with holes',
        'what has toJSON',
        'an undefined member',
        'an object without a prototype',
      ].map((label) => [thereAndBack('CBOR'), label] as const),
    ],
  },
  {
    what: 'Dates, Maps, Sets, regular expressions, URLs, typed arrays and numbers that are not finite are, in MessagePack and CBOR, what they are in JSON.',
    why: 'There they come as what they were where both ends have the same library, and no other client knows what they are.',
    at: [
      ...['a Date', 'a Date that is none', 'a Map', 'numbers that are not finite'].flatMap((label) =>
        ['Msgpack', 'CBOR'].map((name) => [thereAndBack(name), label] as const),
      ),
      ...['a Set', 'a RegExp', 'a URL', 'a Float32Array', 'minus zero'].map((label) => [thereAndBack('CBOR'), label] as const),
    ],
  },
  {
    what: 'In CBOR a Uint8Array comes as a Buffer in Node.js, as it does in MessagePack.',
    why: 'There it goes out under a tag, which other clients do not know.',
    at: [[thereAndBack('CBOR'), 'a Uint8Array']],
  },
  {
    what: 'In MessagePack the bytes of an ArrayBuffer are sent.',
    why: 'There it is an empty object, as in JSON. CBOR has the bytes in both.',
    at: [[thereAndBack('Msgpack'), 'an ArrayBuffer']],
  },
  {
    what: 'In MessagePack a BigInt of 64 bits is sent; it comes as a number.',
    why: 'There it is refused, and the call stays pending.',
    at: ['a BigInt', 'a BigInt of 64 bits'].map((label) => [thereAndBack('Msgpack'), label] as const),
  },
  {
    what: 'In MessagePack and CBOR members called `__proto__` are left out.',
    why: 'In MessagePack they end the process there, in CBOR they turn the whole object into a Map.',
    at: [[thereAndBack('CBOR'), 'a member called __proto__']],
  },
  {
    what: 'In MessagePack an endpoint that returns nothing answers null, as in JSON.',
    why: 'There it never answers.',
    at: [['[H11] reported: 467, an endpoint that returns nothing, by MessagePack', 'answer']],
  },
  {
    what: 'A WebSocket is closed with a code, or with no argument at all.',
    why: 'There undefined is handed over, which some platforms take for 0, and refuse.',
    at: [['[H11] reported: 485, what the WebSocket is closed with', 'undefined as a code']],
  },
  {
    what: 'delete_private_key leaves an empty text.',
    why: 'There it leaves the text "null", of which load_private_key then makes a broken key.',
    at: [['surface: cryptosign', 'deleted']],
  },
  {
    what: 'Protocol: octets before the handshake are an error event with a ProtocolError; what comes after close() is dropped.',
    why: 'There the event has no error, globals are written to, and then a TypeError is thrown that ends the process.',
    at: ['early', 'early, told', 'late', 'late, told', 'a refusal and more', 'a refusal and more, told', 'globals'].map(
      (label) => ['protocol: octets before the handshake, and after the end', label] as const,
    ),
  },
  {
    what: 'Protocol: close() in a handler closes.',
    why: 'There the handler of data opens it again, and the next message comes.',
    at: [
      ['protocol: a handler closes', 'told'],
      ['protocol: a handler closes', 'status'],
    ],
  },
  {
    what: 'Protocol: the timers end with it.',
    why: 'There it pings on and on after it was closed, which keeps the process alive, and a PING that was out is an error.',
    at: [
      ['protocol: PINGs by themselves', 'afterwards true'],
      ['protocol: PINGs by themselves', 'timers at the end true'],
      ['protocol: PINGs by themselves', 'timers at the end false'],
      ['protocol: a PING is out when it closes', 'told'],
    ],
  },
  {
    what: 'Protocol: of two PINGs that are out each may be answered.',
    why: 'There only the last is remembered: the answer to the one before it ends the stream.',
    at: [['protocol: PONG', 'the former of two true']],
  },
  {
    what: 'Protocol: ping(10) sends ten characters.',
    why: 'There twelve: the number is put in front of them.',
    at: [['protocol: PONG', 'lengths']],
  },
  {
    what: 'Protocol: a PONG has the octets of its PING.',
    why: 'There octets that are no UTF-8 come back as others.',
    at: [['protocol: PING from the other side', 'no text']],
  },
  {
    what: 'Protocol: a frame without payload is read when it comes.',
    why: 'There it waits for the next one, so a PING without payload is not answered.',
    at: [
      ['protocol: frames that are none', 'empty 0'],
      ['protocol: frames that are none', 'empty 1'],
    ],
  },
  {
    what: 'Protocol: a chunk may have any number of frames.',
    why: 'There some thousand overflow the stack.',
    at: ['throws', 'frames'].map((label) => ['protocol: a chunk with thousands of frames', label] as const),
  },
  {
    what: 'Protocol: max_len_exp above 24 announces 24; frames of exactly 2^24 bytes come and go.',
    why: 'There both are a RangeError in the middle of it.',
    at: [
      ...[25, 36].flatMap((exponent) =>
        ['begins', 'written'].map((label) => ['protocol: handshake', `${label} 2^${exponent}`] as const),
      ),
      ['protocol: frames that are too big', '2^24'],
      ['protocol: frames that are too big', '2^24, written'],
      ['protocol: frames that are none', 'the 25th bit of a length'],
    ],
  },
  {
    what: 'Protocol: the serializer `toString` is refused.',
    why: 'There every name that objects have passes for one.',
    at: [['protocol: options', 'inherited']],
  },
  {
    what: 'rawsocket: a line that the router ends is closed.',
    why: 'There it stays half open: the connection hears of it never, and does not reconnect.',
    at: ['told', 'reason'].map((label) => ['rawsocket: a line that is ended by the router', label] as const),
  },
  {
    what: "rawsocket: the transport's onclose says why there is no line, and that it is not a clean end.",
    why: 'There a router that refuses looks like one that says goodbye.',
    at: [
      ...['is refused', 'speaks something else'].flatMap((name) =>
        ['told', 'reason'].map((label) => [`rawsocket: a line that ${name}`, label] as const),
      ),
      ['rawsocket: nobody listens, and nowhere to go', 'reason'],
    ],
  },
  {
    what: 'rawsocket: a message that is longer than was announced ends the line.',
    why: 'As WAMP has it; there `rawsocket_max_len_exp` is said and not watched.',
    at: [['rawsocket: a message that is longer than was announced', 'then']],
  },
  {
    what: 'longpoll: a transport can be closed before it is open.',
    why: 'There `close` is not there yet, so close() of a connection that waits for a router is a TypeError.',
    at: ['throws', 'told'].map((label) => ['longpoll: closed before it is open', label] as const),
  },
  {
    what: 'longpoll: the info of the transport has the URL that was given, from the beginning.',
    why: 'There it is null, and then has the name that the router gave the transport: who reads that in a log has the session.',
    at: [
      ['longpoll: calls, events and the end', 'its url'],
      ['longpoll: the transport', 'info at once'],
      ['longpoll: the transport', 'info'],
    ],
  },
  {
    what: 'longpoll: a transport that was closed takes close() and send() and does nothing.',
    why: 'As the other transports do; there it throws strings.',
    at: [
      ['longpoll: the transport', 'close again'],
      ['longpoll: the transport', 'send after it'],
    ],
  },
  {
    what: "longpoll: code and reason of the transport's onclose are what was given to close(), or 1006 and what went wrong.",
    why: 'There they are 1000 and "transport closed", or 1001 and the status of HTTP. No callback of a connection shows them.',
    at: [
      ['longpoll: the transport', 'reason'],
      ...['open', 'send', 'receive', 'close'].map((verb) => [`longpoll: ${verb} fails`, 'code and reason'] as const),
    ],
  },
  {
    what: 'longpoll: it is closed even when the router does not answer that it is.',
    why: 'There onclose is never called.',
    at: [['longpoll: close fails', 'told']],
  },
  {
    what: 'util.http_get_json rejects when the answer is no JSON.',
    why: 'There it is thrown where nobody can catch it, and the promise stays pending.',
    at: ['thrown where nobody can catch it', 'outcome'].map((label) => ['util: http_get_json of what is no JSON', label] as const),
  },
  {
    what: 'AUTOBAHN_DEBUG does not show the signature of AUTHENTICATE.',
    why: 'It may be a password, and consoles are copied into bug reports.',
    at: ['global', 'environment'].map((where) => [`AUTOBAHN_DEBUG: the ${where}`, 'login'] as const),
  },
];
