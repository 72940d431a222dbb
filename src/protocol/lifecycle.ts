/*
 * The life of a session as a table, used by both ends: WAMP "Session Lifetime" and "Protocol Errors". Which side may send
 * which message is not in this table, but in the lists of messages.ts. So one table works for both sides. Only GOODBYE, which
 * both may send, depends on the direction.
 *
 *   closed ──HELLO──▶ joining ──WELCOME──▶ established ──GOODBYE sent──▶ leaving ──GOODBYE received──▶ left
 *                       │  ▲                    └─GOODBYE received──▶ answering ──GOODBYE sent──▶ left
 *              CHALLENGE▼  │AUTHENTICATE
 *                     challenging                    ABORT, in either direction and in any state, leads to "ended", which is final
 *
 * "left" is as "closed", and HELLO may begin another session; but a further GOODBYE is ignored: a program may leave twice.
 */
import { Code, nameOf } from './messages.ts';

export type State = 'closed' | 'joining' | 'challenging' | 'established' | 'leaving' | 'answering' | 'left' | 'ended';
export type Direction = 'sent' | 'received';

/** The messages that change the state of a session. ABORT is not in the table. */
const moves: { readonly [state in State]?: { readonly [code: number]: State | 'ignore' } } = {
  closed: { [Code.HELLO]: 'joining' },
  joining: { [Code.CHALLENGE]: 'challenging', [Code.WELCOME]: 'established' },
  challenging: { [Code.AUTHENTICATE]: 'joining' },
  leaving: { [Code.GOODBYE]: 'left' },
  answering: { [Code.GOODBYE]: 'left' },
  left: { [Code.HELLO]: 'joining', [Code.GOODBYE]: 'ignore' },
};

/**
 * The state after a message. `ignore`: the message is dropped (WAMP: after GOODBYE a side ignores everything but the answer).
 * Undefined: the message is not legal in this state, which is a protocol violation.
 */
export function nextState(state: State, direction: Direction, code: Code): State | 'ignore' | undefined {
  // Messages with a code above GOODBYE belong to an open session, those below open or close one.
  if (state === 'established' && code > Code.GOODBYE) return state;
  if (code === Code.ABORT && state !== 'ended') return 'ended';
  if (state === 'established') return code === Code.GOODBYE ? (direction === 'sent' ? 'leaving' : 'answering') : undefined;
  return moves[state]?.[code] ?? (direction === 'received' && (state === 'leaving' || state === 'ended') ? 'ignore' : undefined);
}

/** The messages that may come in this state, as text for an error. */
export function expectedIn(state: State): string {
  if (state === 'established') return 'a message of an open session';
  return (
    Object.keys(moves[state] ?? {})
      .map((code) => nameOf(Number(code)))
      .join(' or ') || 'nothing'
  );
}
