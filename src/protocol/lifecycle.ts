/*
 * The life of a session as a table, used by both ends: WAMP "Session Lifetime" and "Protocol Errors". Which side may send which
 * message is not told here but by the lists in messages.ts; so one table holds for both, and only GOODBYE, which both may send,
 * differs by direction.
 *
 *   closed ──HELLO──▶ joining ──WELCOME──▶ established ──GOODBYE sent──▶ leaving ──GOODBYE received──▶ closed
 *                       │  ▲                    └─GOODBYE received──▶ answering ──GOODBYE sent──▶ closed
 *              CHALLENGE▼  │AUTHENTICATE
 *                     challenging                    ABORT, either way, from anywhere: ended, which nothing leaves
 */
import { Code, nameOf } from './messages.ts';

export type State = 'closed' | 'joining' | 'challenging' | 'established' | 'leaving' | 'answering' | 'ended';
export type Direction = 'sent' | 'received';

type Moves = ReadonlyMap<number, State | { readonly [direction in Direction]: State }>;

const moves: { readonly [state in State]: Moves } = {
  closed: new Map([
    [Code.HELLO, 'joining'],
    [Code.ABORT, 'ended'],
  ]),
  joining: new Map([
    [Code.CHALLENGE, 'challenging'],
    [Code.WELCOME, 'established'],
    [Code.ABORT, 'ended'],
  ]),
  challenging: new Map([
    [Code.AUTHENTICATE, 'joining'],
    [Code.ABORT, 'ended'],
  ]),
  established: new Map<number, State | { sent: State; received: State }>([
    [Code.GOODBYE, { sent: 'leaving', received: 'answering' }],
    [Code.ABORT, 'ended'],
  ]),
  leaving: new Map([
    [Code.GOODBYE, 'closed'],
    [Code.ABORT, 'ended'],
  ]),
  answering: new Map([
    [Code.GOODBYE, 'closed'],
    [Code.ABORT, 'ended'],
  ]),
  ended: new Map(),
};

/** Messages that open a session; in an established one they are protocol violations. */
const opening: ReadonlySet<number> = new Set([Code.HELLO, Code.WELCOME, Code.CHALLENGE, Code.AUTHENTICATE]);

/**
 * The state after a message. `ignore`: the message is dropped (WAMP: who has said GOODBYE ignores all but the answer).
 * Undefined: the message is not legal now, a protocol violation.
 */
export function nextState(state: State, direction: Direction, code: Code): State | 'ignore' | undefined {
  const move = moves[state].get(code);
  if (move !== undefined) return typeof move === 'string' ? move : move[direction];
  if (state === 'established') return opening.has(code) ? undefined : state;
  return direction === 'received' && (state === 'leaving' || state === 'ended') ? 'ignore' : undefined;
}

/** What may come in this state, in words, for who got something else. */
export function expectedIn(state: State): string {
  const names = [...moves[state].keys()]
    .filter((code) => code !== Code.ABORT)
    .map(nameOf)
    .join(' or ');
  return state === 'established' ? 'a message of an open session' : names || 'nothing';
}
