/*
 * What a peer does otherwise than the scenario expects, and why that is not ours to mend. `npm run test:interop` fails when something else fails,
 * and when one of these does not: then the peer or we have changed, and the row goes.
 */

export interface Deviation {
  readonly peer: string;
  /** `calls`: as it calls the procedures of all others. `is called`: what every other client sees that calls a procedure of this one. */
  readonly scenarios: readonly string[];
  /** As `websocket json`. Default: all ways in which the scenario is tried. */
  readonly ways?: readonly string[];
  /** In plain English, for the users who read docs/interop.md. */
  readonly reason: string;
}

const takesGoodbyeAsFinal =
  'It takes every GOODBYE of a router as final and does not come back. To be restarted, a router closes without GOODBYE (SIGTERM).';
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
    reason: takesGoodbyeAsFinal,
  },
  { peer: 'wampy', scenarios: ['own events'], reason: 'It drops `exclude_me: false` before it sends.' },
  {
    peer: 'wampy',
    scenarios: ['prefix', 'pattern procedure'],
    reason: 'It refuses a prefix that ends with a dot before it sends.',
  },
  {
    peer: 'wampy',
    scenarios: ['binary'],
    ways: inJson.slice(0, 1),
    reason: 'It does not know how WAMP writes bytes in JSON. In CBOR they arrive.',
  },
  {
    peer: 'wampy',
    scenarios: ['shut down'],
    reason: takesGoodbyeAsFinal,
  },
  {
    peer: 'kraftfahrstrasse',
    scenarios: ['error'],
    reason: 'Its callers are given only the URI of an error, without its payload.',
  },
  {
    peer: 'kraftfahrstrasse',
    scenarios: ['progress'],
    reason:
      'It announces what a callee can do in the wrong place of HELLO, so no router asks it for progressive results, and it sends none.',
  },
  {
    peer: 'kraftfahrstrasse',
    scenarios: ['binary'],
    ways: inJson.slice(0, 1),
    reason: 'It does not know how WAMP writes bytes in JSON. In MessagePack they arrive.',
  },
  {
    peer: 'thruway.js',
    scenarios: ['call', 'is called'],
    reason:
      'Its procedures give back one value and no `kwargs`. With several values they give a list, and other callers get that list as the one value.',
  },
  {
    peer: 'thruway.js',
    scenarios: ['error'],
    reason: 'Its callers are given the URI and the `args` of an error, with an entry of its own at their end, and no `kwargs`.',
  },
  { peer: 'thruway.js', scenarios: ['events'], reason: 'Its publications have one value and no `kwargs`.' },
  {
    peer: 'thruway.js',
    scenarios: ['binary'],
    reason: 'It does not know how WAMP writes bytes in JSON, and has no other serializer.',
  },
  {
    peer: 'thruway.js',
    scenarios: ['shut down'],
    reason: takesGoodbyeAsFinal,
  },
  {
    peer: 'Autobahn|Python',
    scenarios: ['caller', 'publisher'],
    reason:
      'Its calls and publications cannot set `disclose_me`. A rule of the router with `disclose: true` discloses them always.',
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
    peer: 'wampy (Python)',
    scenarios: ['call', 'calls', 'is called'],
    reason:
      'Its procedures give back one value, a second time in `kwargs` with words of its own. As a caller it takes no other `kwargs` of a result, and one value.',
  },
  {
    peer: 'wampy (Python)',
    scenarios: ['error'],
    reason: 'The errors of its procedures have their own name instead of the URI.',
  },
  {
    peer: 'wampy (Python)',
    scenarios: [
      'unregister',
      'progress',
      'cancel',
      'timeout',
      'events',
      'unsubscribe',
      'own events',
      'prefix',
      'wildcard',
      'pattern procedure',
      'caller',
      'publisher',
    ],
    reason: 'It has no such options and requests; its publications have no `args` and are never acknowledged.',
  },
  { peer: 'wampy (Python)', scenarios: ['binary'], reason: 'It does not know how WAMP writes bytes in JSON.' },
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
  {
    peer: 'jawampa',
    scenarios: ['shut down'],
    reason: takesGoodbyeAsFinal,
  },
  { peer: 'autobahn-cpp', scenarios: ['error'], reason: 'Its callers are given only the URI of an error, without its payload.' },
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
  {
    peer: 'xconn nxt',
    scenarios: ['own events', 'exclude', 'eligible'],
    reason: 'It gives each event to every subscriber, the publisher too, whatever the options of the publication say.',
  },
  {
    peer: 'xconn nxt',
    scenarios: ['prefix', 'pattern procedure', 'caller', 'publisher'],
    reason:
      'Events and invocations come without details: a subscriber or callee by a pattern does not learn the topic or procedure, and nobody learns who published or called.',
  },
  {
    peer: 'xconn nxt',
    scenarios: ['wildcard'],
    reason: 'Its wildcards are those of file names, `wild.*.end`. WAMP leaves the component empty, `wild..end`.',
  },
];
