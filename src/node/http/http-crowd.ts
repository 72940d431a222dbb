/*
 * TCP connections of a port that carry no WAMP themselves: HTTP, with long-poll and files, and those that have sent nothing yet. They are counted
 * in total and by address. Beyond a limit the one that has been silent for longest is closed; see crowd.ts of the router.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Crowd, networkOf } from '../../router/limits/crowd.ts';
import type { SettledLimits } from '../../router/limits/limits.ts';
import { type Counts, Share } from '../../router/together/counts.ts';
import { whence } from '../incoming/whence.ts';

export interface HttpCrowdOptions {
  readonly limits: Pick<SettledLimits, 'maxHttpConnections' | 'maxHttpConnectionsPerAddress'>;
  /** Of the port: the same in all processes that share it. */
  readonly name: string;
  /** Of all nodes of a cluster together. */
  readonly counts: Counts | undefined;
  /** All come from the proxy: they are only counted in total. */
  readonly trustProxy: boolean;
  /** Called when a connection must be closed. */
  readonly turnsAway: () => void;
}

/** @returns A function to call when a connection carries WAMP from now on: then the router counts it. */
export function httpCrowd(
  server: Server,
  { name, limits, counts, trustProxy, turnsAway }: HttpCrowdOptions,
): (socket: Duplex) => void {
  const { maxHttpConnections, maxHttpConnectionsPerAddress } = limits;
  const crowd = new Crowd<Socket>(
    new Share(`http ${name}`, maxHttpConnections, counts),
    maxHttpConnectionsPerAddress,
    (quietest) => {
      turnsAway();
      quietest.destroy();
    },
  );
  /** A request of a TLS server has another socket object than its connection. */
  const byEnds = new Map<unknown, Socket>();
  const beneath = (socket: Duplex): Socket | undefined => byEnds.get(endsOf(socket));
  server.on('connection', (socket: Socket) => {
    const key = endsOf(socket);
    byEnds.set(key, socket);
    socket.once('close', () => {
      crowd.delete(socket);
      if (byEnds.get(key) === socket) byEnds.delete(key);
    });
    crowd.add(socket, trustProxy ? undefined : networkOf(whence(socket).peer));
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

/** The identity of a connection; a unix socket has no address, so it is the object itself. */
function endsOf(socket: Duplex): unknown {
  if (!('remoteAddress' in socket && 'remotePort' in socket) || socket.remotePort === undefined) return socket;
  return `${socket.remoteAddress} ${socket.remotePort}`;
}
