/*
 * TCP connections of a port that carry no WAMP by themselves: HTTP, with long-poll and files, and those that have said nothing yet. They are counted
 * in all and by address. Beyond a limit the one that has been quiet for longest has to go; see crowd.ts of the router.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Crowd, networkOf } from '../router/limits/crowd.ts';
import type { SettledLimits } from '../router/limits/limits.ts';
import { whence } from './whence.ts';

export interface HttpCrowdOptions {
  readonly limits: Pick<SettledLimits, 'maxHttpConnections' | 'maxHttpConnectionsPerAddress'>;
  /** All come from the proxy: they are only counted in all. */
  readonly trustProxy: boolean;
  /** One has to go. */
  readonly turnsAway: () => void;
}

/** @returns To be told of a connection that carries WAMP from now on, and is counted by the router. */
export function httpCrowd(server: Server, { limits, trustProxy, turnsAway }: HttpCrowdOptions): (socket: Duplex) => void {
  const { maxHttpConnections, maxHttpConnectionsPerAddress } = limits;
  const crowd = new Crowd<Socket>(maxHttpConnections, maxHttpConnectionsPerAddress);
  /** A request of a TLS server comes by another object than its connection did. */
  const byEnds = new Map<unknown, Socket>();
  const beneath = (socket: Duplex): Socket | undefined => byEnds.get(endsOf(socket));
  server.on('connection', (socket: Socket) => {
    const key = endsOf(socket);
    byEnds.set(key, socket);
    socket.once('close', () => {
      crowd.delete(socket);
      if (byEnds.get(key) === socket) byEnds.delete(key);
    });
    const quietest = crowd.add(socket, trustProxy ? undefined : networkOf(whence(socket).peer));
    if (!quietest) return;
    turnsAway();
    quietest.destroy();
  });
  server.on('request', ({ socket }) => {
    const own = beneath(socket);
    if (own) crowd.touch(own);
  });
  return (socket) => {
    const own = beneath(socket);
    if (own) crowd.delete(own);
  };
}

/** What tells a connection from all others; a unix socket has nothing but itself. */
function endsOf(socket: Duplex): unknown {
  const { remoteAddress, remotePort } = socket as Partial<Socket>;
  return remotePort === undefined ? socket : `${remoteAddress} ${remotePort}`;
}
