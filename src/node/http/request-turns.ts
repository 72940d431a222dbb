/*
 * Requests that come on one HTTP connection before the earlier ones are answered (pipelining, RFC 9112, 9.3.2). Node.js emits them all at once, and the
 * answers of the later ones have no socket yet. Such an answer gets no `close` when its connection is lost, so everything that it holds, such as
 * an open file, would never be freed. So each request waits here until its answer has the socket, and a connection with too many of them ends.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Of one connection, not answered yet. Browsers and proxies send the next request after the answer. */
export const MAX_UNANSWERED = 16;

/** Does the work when it is this request's turn; never if its connection ends first. */
export type InTurn = (request: IncomingMessage, response: ServerResponse, work: () => void) => void;

/** @param turnsAway - Called when a connection must end. */
export function requestTurns(turnsAway: () => void): InTurn {
  const unanswered = new WeakMap<Socket, number>();
  return (request, response, work) => {
    const { socket } = request;
    if (socket.destroyed) return; // the rest of what came in one piece
    const count = (unanswered.get(socket) ?? 0) + 1;
    if (count > MAX_UNANSWERED) {
      turnsAway();
      socket.destroy();
      skipRest(socket);
      return;
    }
    unanswered.set(socket, count);
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    if (response.socket) work();
    else response.once('socket', work);
  };
}

/**
 * Node.js continues with thousands of requests of the same piece after their connection is destroyed. Its parser takes a 2 for an upgrade, after
 * which no HTTP comes. Nothing else stops it; if a Node.js has no such parser, only time is lost.
 */
function skipRest(socket: Socket & { readonly parser?: { onIncoming?: unknown } | null }): void {
  if (socket.parser) socket.parser.onIncoming = () => 2;
}
