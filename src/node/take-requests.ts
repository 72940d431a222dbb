/*
 * Requests of an HTTP server that is somebody else's: we look at each first. Not as one listener among others, since most of them answer 404 to
 * what they do not know.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/**
 * @param handle - Whether the request was ours, and is answered.
 * @returns Gives the server back.
 */
export function takeRequests(server: Server, handle: (request: IncomingMessage, response: ServerResponse) => boolean): () => void {
  const { emit } = server;
  let isOn = true;
  const ours = function (this: Server, event: string, ...args: [IncomingMessage, ServerResponse]): boolean {
    return (
      (isOn && event === 'request' && handle(...args)) ||
      (emit as (this: Server, event: string, ...args: unknown[]) => boolean).call(this, event, ...args)
    );
  } as Server['emit'];
  server.emit = ours;
  return () => {
    isOn = false;
    if (server.emit === ours) server.emit = emit; // else somebody else stands before us
  };
}
