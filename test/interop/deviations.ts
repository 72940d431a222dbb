/*
 * What a peer does otherwise than the scenario expects, and why that is not ours to mend. `npm run test:interop` fails when something else fails,
 * and when one of these does not: then the peer or we have changed, and the row goes.
 */

export interface Deviation {
  readonly peer: string;
  readonly scenarios: readonly string[];
  /** As `websocket json`. Default: all ways in which the scenario is tried. */
  readonly ways?: readonly string[];
  /** In plain English, for the users who read docs/interop.md. */
  readonly reason: string;
}

const inJson = ['websocket json', 'rawsocket json'];

export const deviations: readonly Deviation[] = [
  {
    peer: 'Autobahn|JS',
    scenarios: ['binary'],
    ways: inJson,
    reason: 'It does not know how WAMP writes bytes in JSON. In MessagePack and CBOR they arrive.',
  },
  {
    peer: 'Autobahn|JS',
    scenarios: ['shut down'],
    reason: 'It takes every GOODBYE of a router as final and does not come back. After a lost connection it does.',
  },
  {
    peer: 'Autobahn|Python',
    scenarios: ['caller', 'publisher'],
    reason:
      'Its calls and publications cannot ask to be told from whom they come. A rule of the router with `disclose: true` tells it always.',
  },
  {
    peer: 'Autobahn|Python',
    scenarios: ['login scram'],
    reason:
      'With PBKDF2 it stops with "Invalid argument types" before it has answered: it gives its own function a text and bytes.',
  },
  {
    peer: 'xconn (Python)',
    scenarios: ['error'],
    reason: 'It sends the URI and the `args` of an error that a procedure raises, and drops its `kwargs`.',
  },
  { peer: 'xconn (Python)', scenarios: ['progress', 'cancel'], reason: 'It has no such options.' },
  {
    peer: 'xconn (Python)',
    scenarios: ['binary'],
    ways: inJson,
    reason: 'It does not know how WAMP writes bytes in JSON. In MessagePack and CBOR they arrive.',
  },
  {
    peer: 'nexus client',
    scenarios: ['binary'],
    ways: inJson,
    reason:
      'It writes bytes in JSON as WAMP wants it, but gives its own program the text, `\\0` and base64. In MessagePack and CBOR they arrive.',
  },
  {
    peer: 'xconn-go',
    scenarios: ['binary'],
    ways: inJson,
    reason:
      'It writes bytes in JSON as base64 without the `\\0` that WAMP wants, so they arrive as text. In MessagePack and CBOR they arrive.',
  },
  {
    peer: 'jawampa',
    scenarios: ['progress', 'cancel', 'timeout', 'pattern procedure', 'exclude', 'eligible', 'publisher', 'shared'],
    reason: 'It has no such options.',
  },
  {
    peer: 'jawampa',
    scenarios: ['binary'],
    ways: inJson.slice(0, 1),
    reason: 'It has no bytes in JSON. In MessagePack they arrive.',
  },
  { peer: 'autobahn-cpp', scenarios: ['error'], reason: 'Its callers are given the URI of an error only, not what comes with it.' },
  {
    peer: 'autobahn-cpp',
    scenarios: ['progress', 'cancel', 'events', 'exclude', 'eligible', 'caller', 'publisher'],
    reason: 'It has no such options; its publications are never acknowledged.',
  },
  {
    peer: 'wamp_async',
    scenarios: [
      'error',
      'progress',
      'cancel',
      'timeout',
      'own events',
      'prefix',
      'wildcard',
      'pattern procedure',
      'exclude',
      'eligible',
    ],
    reason: 'It has no such options.',
  },
  {
    peer: 'wamp_async',
    scenarios: ['caller', 'publisher', 'shared', 'binary'],
    reason: 'It has no such options, and no type for bytes.',
  },
];
