/*
 * One port for everything: the first octet of a connection distinguishes HTTP, RawSocket and TLS. HTTP goes on to Node's own listener.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { MAGIC } from '../../transport/rawsocket-frame.ts';

/** The first octet of a TLS connection: a handshake record. */
const TLS = 0x16;

export interface PortOptions {
  /** How long a connection may send nothing. */
  readonly timeoutMs: number;
  /** Takes a socket whose first octet, still unread, is that of RawSocket, and calls `greeted` after its handshake. Undefined: everything is HTTP. */
  readonly rawSocket: ((socket: Socket, greeted: () => void) => void) | undefined;
}

/**
 * Looks at the first octet of each connection before the server does.
 *
 * @returns Connections without a request so far: nothing else would end them when the server is closed, because browsers open
 * spare connections, which Node.js does not count as idle.
 */
export function sharePort(server: Server, { timeoutMs, rawSocket }: PortOptions): ReadonlySet<Duplex> {
  const unused = new Set<Duplex>();
  const isTls = 'setSecureContext' in server;

  /** `then` gets a paused socket, its first octet still unread, and a function that cancels the deadline. */
  const firstOctet = (socket: Socket, then: (octet: number | undefined, done: () => void) => void): void => {
    unused.add(socket);
    let timer: NodeJS.Timeout | undefined = setTimeout(() => socket.destroy(), timeoutMs);
    timer.unref();
    const done = (): void => {
      clearTimeout(timer);
      timer = undefined; // a connection that stays must not hold on to it
    };
    const onEnd = (): void => void socket.destroy();
    socket.on('error', () => {}).once('end', onEnd); // after an error there is `close`
    socket.once('close', () => {
      done();
      unused.delete(socket);
    });
    socket.once('data', (chunk: Buffer) => {
      socket.off('end', onEnd).pause();
      socket.unshift(chunk);
      then(chunk[0], done);
    });
  };

  const toHttp = takeOver(server, isTls ? 'secureConnection' : 'connection', (socket) => {
    firstOctet(socket, (octet, done) => {
      if (octet === MAGIC && rawSocket) {
        return rawSocket(socket, () => {
          done();
          unused.delete(socket);
        });
      }
      done();
      toHttp(socket);
      socket.resume();
    });
  });
  server.on('request', ({ socket }) => unused.delete(socket));
  server.on('upgrade', (_, socket) => unused.delete(socket));

  if (isTls) {
    const toTls = takeOver(server, 'connection', (socket) => {
      firstOctet(socket, (octet, done) => {
        done();
        unused.delete(socket);
        if (octet === TLS) toTls(socket);
        else sayTls(socket);
      });
    });
  }
  return unused;
}

/** Puts `first` before the listeners of Node.js, and returns a function that calls those. */
function takeOver(server: Server, event: string, first: (socket: Socket) => void): (socket: Socket) => void {
  const listeners = server.listeners(event);
  server.removeAllListeners(event);
  server.on(event, first);
  return (socket) => {
    for (const listener of listeners) listener.call(server, socket);
  };
}

/** An HTTP client can read this, and a RawSocket client can show it. */
function sayTls(socket: Socket): void {
  const text = 'this port speaks TLS: https://, wss:// or rss://\n';
  const head = 'HTTP/1.1 400 This port speaks TLS\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n';
  turnAway(socket, `${head}Content-Length: ${text.length}\r\n\r\n${text}`);
}

/** Sends a last answer, and does not wait for more input. */
export function turnAway(socket: Duplex, words: string | Uint8Array): void {
  socket.on('error', () => {}); // the refused client may be gone already
  socket.end(words);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), 1000);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
