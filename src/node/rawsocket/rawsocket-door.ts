/*
 * WAMP "RawSocket Transport", the router's end: the handshake.
 */
import type { Socket } from 'node:net';
import type { Serializer } from '../../serializer/serializer.ts';
import {
  HANDSHAKE_LENGTH,
  type Handshake,
  handshake,
  parseHandshake,
  Refusal,
  refuseHandshake,
  serializerId,
} from '../../transport/rawsocket-frame.ts';
import type { PartialMessage } from '../incoming/partial-messages.ts';
import { turnAway } from '../port/port.ts';
import { RawSocketTransport } from './rawsocket-line.ts';

export interface RawSocketDoor {
  readonly serializers: readonly Serializer[];
  readonly maxMessageBytes: number;
  readonly partial: PartialMessage;
  /** Called once the handshake is complete. */
  readonly isFull: () => boolean;
  /** Wraps the handling of each event. */
  readonly guard: (act: () => void) => void;
}

/** A client that accepts less cannot even receive WELCOME. */
const LEAST_BYTES = 2048;

/** @param socket - Paused, with a listener for errors. Its first octet, still unread, is that of RawSocket. */
export function openRawSocket(
  socket: Socket,
  { serializers, maxMessageBytes, partial, isFull, guard }: RawSocketDoor,
  opened: (transport: RawSocketTransport) => void,
): void {
  let request = Buffer.alloc(0);
  const onEnd = (): void => void socket.destroy();
  const onData = (chunk: Buffer): void => guard(() => take(chunk));
  const take = (chunk: Buffer): void => {
    request = Buffer.concat([request, chunk]);
    if (request.length < HANDSHAKE_LENGTH) return;
    socket.off('data', onData).off('end', onEnd);
    const asked = parseHandshake(request);
    const serializer = serializers.find((each) => serializerId(each) === asked.serializer);
    const refusal = refusalOf(asked);
    if (refusal || !serializer) return turnAway(socket, refuseHandshake(refusal ?? Refusal.SERIALIZER));
    if (isFull()) return turnAway(socket, refuseHandshake(Refusal.CONNECTIONS));
    socket.pause();
    if (request.length > HANDSHAKE_LENGTH) socket.unshift(request.subarray(HANDSHAKE_LENGTH));
    socket.write(handshake(maxMessageBytes, asked.serializer));
    opened(new RawSocketTransport(socket, serializer, { maxMessageBytes, maxFrameBytes: asked.maxBytes, partial }));
  };
  socket.on('end', onEnd).on('data', onData);
  socket.resume();
}

function refusalOf({ usesReserved, maxBytes }: Handshake): 2 | 3 | undefined {
  if (usesReserved) return Refusal.RESERVED;
  return maxBytes < LEAST_BYTES ? Refusal.LENGTH : undefined;
}
