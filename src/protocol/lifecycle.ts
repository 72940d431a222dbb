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

/** What else moves a session than what may come or go in an open one. ABORT is not here. */
const moves: { readonly [state in State]?: { readonly [code: number]: State } } = {
  closed: { [Code.HELLO]: 'joining' },
  joining: { [Code.CHALLENGE]: 'challenging', [Code.WELCOME]: 'established' },
  challenging: { [Code.AUTHENTICATE]: 'joining' },
  leaving: { [Code.GOODBYE]: 'closed' },
  answering: { [Code.GOODBYE]: 'closed' },
};

/**
 * The state after a message. `ignore`: the message is dropped (WAMP: who has said GOODBYE ignores all but the answer).
 * Undefined: the message is not legal now, a protocol violation.
 */
export function nextState(state: State, direction: Direction, code: Code): State | 'ignore' | undefined {
  // Codes above it are of an open session, those below open one.
  if (state === 'established' && code > Code.GOODBYE) return state;
  if (code === Code.ABORT && state !== 'ended') return 'ended';
  if (state === 'established') return code === Code.GOODBYE ? (direction === 'sent' ? 'leaving' : 'answering') : undefined;
  return moves[state]?.[code] ?? (direction === 'received' && (state === 'leaving' || state === 'ended') ? 'ignore' : undefined);
}

/** What may come in this state, in words, for who got something else. */
export function expectedIn(state: State): string {
  if (state === 'established') return 'a message of an open session';
  return (
    Object.keys(moves[state] ?? {})
      .map((code) => nameOf(Number(code)))
      .join(' or ') || 'nothing'
  );
}
