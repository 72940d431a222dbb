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
    scenarios: ['progress'],
    reason: 'It sends progressive results, but does not announce that it can be told to stop a call.',
  },
  {
    peer: 'Autobahn|JS',
    scenarios: ['shut down'],
    reason: 'It takes every GOODBYE of a router as final and does not come back. After a lost connection it does.',
  },
];
