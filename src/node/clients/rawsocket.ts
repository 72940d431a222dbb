/*
 * WAMP "RawSocket Transport", the client's end: TCP, TLS or a unix socket, and the handshake.
 */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { messageOf, TransportError } from '../../base/errors.ts';
import { any, checkOptions, withoutSecrets } from '../../base/options.ts';
import { withoutLogin } from '../../base/words.ts';
import type { Serializer } from '../../serializer/serializer.ts';
import { plainOf } from '../../transport/batched.ts';
import {
  HANDSHAKE_LENGTH,
  type Handshake,
  handshake,
  hex,
  MAGIC,
  parseHandshake,
  Refusal,
  serializerId,
  serializerName,
} from '../../transport/rawsocket-frame.ts';
import type { Connector, Dial, Transport } from '../../transport/transport.ts';
import { RawSocketTransport } from '../rawsocket/rawsocket-line.ts';
import { channelBinding } from '../tls/channel-binding.ts';
import { nodeTls, type TlsOptions, tlsOptions } from '../tls/tls.ts';
import { checkedByteLimit } from './byte-limit.ts';

export interface RawSocketOptions {
  /** Of `rss://`; with `unix:` it turns TLS on there as well. */
  readonly tls?: TlsOptions | undefined;
  /** The longest message that is accepted, in bytes. An integer from 1 to 2^31 - 1. A longer one ends the connection. Default 16 MiB, the most that RawSocket can carry. */
  readonly maxMessageBytes?: number | undefined;
}

const defaults = { maxMessageBytes: 2 ** 24 } as const;

/**
 * A RawSocket to a router: for programs on Node.js, where it costs less than a WebSocket.
 *
 * The client offers the first of the connection's serializers. If the router refuses it, the client offers the next one on a new connection.
 *
 * @param url - `rs://host:port`, `rss://host:port` (TLS) or `unix:/path/to/socket`.
 * @throws TypeError for options that do not exist, and values that they cannot have.
 * @throws `TransportError`: `autostrada.error.invalid_url`, at once. Connecting fails with `wamp.error.network_failure` (nobody
 * listens, or the router refuses), `autostrada.error.no_rawsocket` (something else answers) or `autostrada.error.no_subprotocol` (no
 * serializer in common).
 * @see WAMP "RawSocket Transport"
 * @example new Connection({ url: rawSocket('rs://127.0.0.1:8080'), realm: 'realm1' });
 */
export function rawSocket(url: string | URL, options: RawSocketOptions = {}): Connector {
  checkOptions('rawSocket', options, { tls: tlsOptions, maxMessageBytes: any }, withoutSecrets);
  const target = new Target(String(url), options);
  return { name: target.name, connect: (dial) => connect(target, dial) };
}

class Target {
  readonly name: string;
  readonly maxMessageBytes: number;
  /** A new socket, and the event after which it is connected. */
  readonly begin: () => readonly [Socket, 'connect' | 'secureConnect'];

  constructor(url: string, { tls, maxMessageBytes = defaults.maxMessageBytes }: RawSocketOptions) {
    this.name = url;
    this.maxMessageBytes = Math.min(checkedByteLimit(maxMessageBytes), defaults.maxMessageBytes);
    const path = /^(?:unix:|rs:\/\/unix:)(?:\/\/(?=\/))?([^\0]+)$/.exec(url)?.[1];
    const [, scheme, bracketed, plain, digits] =
      /^(rss?):\/\/(?:\[([0-9a-f:.]+)\]|([^\s/?#:@[\]]+)):(\d{1,5})\/?$/i.exec(url) ?? [];
    const host = bracketed ?? plain;
    const port = Number(digits);
    if (path === undefined && (host === undefined || port < 1 || port > 65535)) {
      throw new TransportError(`expected rs://host:port, rss://host:port or unix:/path, got ${JSON.stringify(withoutLogin(url))}`, {
        uri: 'autostrada.error.invalid_url',
      });
    }
    const isSecure = path === undefined ? scheme?.toLowerCase() === 'rss' : tls !== undefined;
    if (tls && !isSecure) throw new TypeError(`expected rss:// with tls, got ${url}`);
    const where = path === undefined ? { host: host ?? '', port } : { path };
    this.begin = () => (isSecure ? [connectTls({ ...where, ...nodeTls(tls) }), 'secureConnect'] : [connectTcp(where), 'connect']);
  }
}

async function connect(target: Target, { serializers, signal }: Dial): Promise<Transport> {
  // Here each frame is one message, so a serializer for batches counts as the plain one.
  const known = serializers.map(plainOf).filter((serializer) => serializerId(serializer) !== undefined);
  const names = (list: readonly Serializer[]): string => list.map(({ name }) => name).join(', ');
  let dropped: unknown;
  for (const serializer of known) {
    const answer = await dial(target, serializer, signal);
    if (answer instanceof RawSocketTransport) return answer;
    dropped = answer.dropped;
  }
  if (dropped) throw dropped;
  const what = known.length > 0 ? `it takes none of ${names(known)}` : `RawSocket has no id for ${names(serializers) || 'none'}`;
  throw new TransportError(`no common serializer with ${target.name}: ${what}`, { uri: 'autostrada.error.no_subprotocol' });
}

/** The router refused this serializer; perhaps it accepts another. `dropped`: the text if no serializer is left and the router has sent nothing. */
interface AnotherOne {
  readonly dropped?: TransportError | undefined;
}

function dial(target: Target, serializer: Serializer, signal: AbortSignal): Promise<RawSocketTransport | AnotherOne> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const { name, maxMessageBytes } = target;
    const [socket, connected] = target.begin();
    let reply = Buffer.alloc(0);
    const settle = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('data', onData).off('close', onClose);
    };
    const fail = (error: unknown): void => {
      settle();
      socket.destroy();
      reject(error);
    };
    const onAbort = (): void => fail(signal.reason);
    const onClose = (): void => {
      settle();
      resolve({ dropped: dropped(name, serializer) });
    };
    const onData = (chunk: Buffer): void => {
      reply = Buffer.concat([reply, chunk]);
      if (reply[0] !== MAGIC) return fail(noRawSocket(name, reply));
      if (reply.length < HANDSHAKE_LENGTH) return;
      const answer = parseHandshake(reply);
      if (answer.serializer === 0 && answer.refusal === Refusal.SERIALIZER) {
        settle();
        socket.destroy();
        return resolve({});
      }
      const complaint = complaintAbout(answer, serializer, maxMessageBytes);
      if (complaint) return fail(new TransportError(`${name} ${complaint}`));
      settle();
      socket.off('error', onError).pause();
      if (reply.length > HANDSHAKE_LENGTH) socket.unshift(reply.subarray(HANDSHAKE_LENGTH));
      const transport = new RawSocketTransport(socket, serializer, { maxMessageBytes, maxFrameBytes: answer.maxBytes });
      resolve(Object.assign(transport, { channelBinding: (type: string) => channelBinding(socket, type, 'client') }));
    };
    let isConnected = false;
    const onError = (cause: NodeJS.ErrnoException): void => {
      // Twisted drops the connection with unread data, so that only a reset comes.
      if (isConnected && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE')) return;
      fail(new TransportError(`cannot connect to ${name}: ${messageOf(cause) || cause.code}`, { cause }));
    };
    signal.addEventListener('abort', onAbort);
    socket.on(connected, () => {
      isConnected = true;
      socket.write(handshake(maxMessageBytes, serializerId(serializer) ?? 0));
    });
    socket.on('error', onError).on('data', onData).on('close', onClose);
  });
}

function complaintAbout(answer: Handshake, wanted: Serializer, maxMessageBytes: number): string | undefined {
  const { serializer, refusal, usesReserved } = answer;
  if (serializer === 0) {
    if (refusal === Refusal.LENGTH)
      return `refused messages of up to ${maxMessageBytes} bytes (error 2, maximum length unacceptable)`;
    if (refusal === Refusal.RESERVED) return 'refused the handshake (error 3, use of reserved bits)';
    if (refusal === Refusal.CONNECTIONS) return 'takes no more connections (error 4, maximum connection count reached)';
    return `refused the handshake (error ${refusal}, which WAMP does not define)`;
  }
  if (usesReserved) return 'answered the handshake with reserved octets that are not zero';
  if (serializer === serializerId(wanted)) return undefined;
  return `answered with ${serializerName(serializer)} (${serializer}), expected ${wanted.name} (${serializerId(wanted)})`;
}

function noRawSocket(name: string, reply: Buffer): TransportError {
  const http = /^HTTP\/[\d.]+ [^\r\n]{1,200}/.exec(reply.toString('latin1', 0, 300))?.[0];
  const isTls = reply[0] === 0x15 || reply[0] === 0x16;
  const said = http ?? hex(...reply.subarray(0, HANDSHAKE_LENGTH));
  const hint = isTls ? ' (it speaks TLS: try rss://)' : '';
  return new TransportError(`no RawSocket there: expected ${name} to answer with 0x7f, got ${said}${hint}`, {
    uri: 'autostrada.error.no_rawsocket',
  });
}

/** Autobahn on Twisted, and so Crossbar.io, does that instead of an error reply. */
function dropped(name: string, { name: serializer }: Serializer): TransportError {
  return new TransportError(
    `${name} closed the connection instead of answering the RawSocket handshake: it does not speak RawSocket, or not in ${serializer} ` +
      '(Crossbar.io and Autobahn do that for a serializer that they do not accept)',
  );
}
