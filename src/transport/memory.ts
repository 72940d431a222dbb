/*
 * Two transports that are joined: what one sends, the other receives, in order, in a later microtask. Several frames of one
 * tick arrive in one tick, as they do from a socket.
 */
import type { Serializer } from '../serializer/serializer.ts';
import { inMicrotask } from './platform/tick.ts';
import type { Closed, Frame, Transport, TransportReceiver } from './transport.ts';

/** Makes both ends of a connection in this process. */
export function memoryPair(serializer: Serializer): [Transport, Transport] {
  const left = new MemoryTransport(serializer);
  const right = new MemoryTransport(serializer);
  left.peer = right;
  right.peer = left;
  return [left, right];
}

class MemoryTransport implements Transport {
  readonly serializer: Serializer;
  peer: MemoryTransport | undefined;
  bufferedBytes = 0;
  private receiver: TransportReceiver | undefined;
  private inbox: Frame[] = [];
  private ending: Closed | undefined;
  private isOpen = true;
  private isScheduled = false;

  constructor(serializer: Serializer) {
    this.serializer = serializer;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    if (this.inbox.length > 0 || this.ending) this.schedule();
  }

  send(frame: Frame): void {
    const { peer } = this;
    if (!this.isOpen || !peer?.isOpen) return;
    this.bufferedBytes += frame.length;
    peer.inbox.push(frame);
    peer.schedule();
  }

  close(code = 1000, reason = ''): void {
    if (!this.isOpen) return;
    const why = { clean: true, code, reason };
    this.end(why);
    this.peer?.end(why);
  }

  /** Frames that were sent before are delivered first: `end` and frames use one queue. */
  private end(why: Closed): void {
    this.isOpen = false;
    this.ending ??= why;
    this.schedule();
  }

  private schedule(): void {
    if (this.isScheduled || !this.receiver) return;
    this.isScheduled = true;
    inMicrotask(this.deliver);
  }

  private readonly deliver = (): void => {
    this.isScheduled = false;
    const { receiver, peer } = this;
    if (!receiver) return;
    const frames = this.inbox;
    this.inbox = [];
    if (peer) peer.bufferedBytes = 0;
    for (const frame of frames) receiver.frame(frame);
    if (this.ending && this.inbox.length === 0) {
      this.receiver = undefined;
      receiver.closed(this.ending);
    } else if (this.inbox.length > 0) {
      this.schedule();
    }
  };
}
