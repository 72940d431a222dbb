/*
 * Requests of the user's own HTTP server: we get each of them first. Not as one listener among others, because most of them answer 404 to
 * unknown paths.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * @param handle - Whether the request was ours, and is answered.
 * @returns A function that restores the server.
 */
export function takeRequests(server: Server, handle: (request: IncomingMessage, response: ServerResponse) => boolean): () => void {
  const { emit } = server;
  let isOn = true;
  const ours = function (this: Server, event: string, ...args: [IncomingMessage, ServerResponse]): boolean {
    return (isOn && event === 'request' && handle(...args)) || Reflect.apply(emit, this, [event, ...args]);
  };
  Object.assign(server, { emit: ours });
  return () => {
    isOn = false;
    if (server.emit === ours) server.emit = emit; // otherwise other code has replaced it after us
  };
}
