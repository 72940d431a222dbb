/*
 * An open WebSocket as a transport, at either end, with what browsers and `ws` have in common. What only `ws` can do is in
 * ws.ts.
 */
import type { Serializer } from '../serializer/serializer.ts';
import type { Closed, Frame, Transport, TransportReceiver } from './transport.ts';

/** The parts of a WebSocket that we use; `ws` and browsers both have them. So our declarations do not need the types of `ws`. */
export interface WebSocketLike {
  readonly protocol: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  binaryType: string;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketClass = new (url: string, protocols: string[]) => unknown;

export const OPEN = 1;
const CLOSING = 2;

/** Each message is one frame. */
export class WebSocketLine implements Transport {
  readonly serializer: Serializer;
  private readonly socket: WebSocketLike;
  private receiver: TransportReceiver | undefined;
  /** Frames that came before `start`. */
  private early: Frame[] = [];
  private ending: Closed | undefined;

  constructor(socket: WebSocketLike, serializer: Serializer) {
    this.serializer = serializer;
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    let error: unknown;
    socket.onmessage = ({ data }: { data: string | ArrayBuffer }) => {
      this.arrived(typeof data === 'string' ? data : new Uint8Array(data));
    };
    socket.onerror = (event: { error?: unknown }) => {
      error ??= event.error;
      // `close` comes next, but some platforms fire `error` alone.
      if (socket.readyState !== CLOSING) setTimeout(() => closed({ code: 1006, reason: '', wasClean: false }), 0);
    };
    const closed = ({ code, reason, wasClean }: { code: number; reason: string; wasClean: boolean }): void => {
      if (this.ending) return;
      this.ending = { clean: wasClean, code, reason, error };
      this.receiver?.closed(this.ending);
    };
    socket.onclose = closed;
  }

  get bufferedBytes(): number {
    return this.socket.bufferedAmount;
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
    for (const frame of this.early) receiver.frame(frame);
    this.early = [];
    if (this.ending) receiver.closed(this.ending);
  }

  protected arrived(frame: Frame): void {
    if (this.receiver) this.receiver.frame(frame);
    else this.early.push(frame);
  }

  send(frame: Frame): void {
    if (this.socket.readyState === OPEN) this.socket.send(frame);
  }

  close(code = 1000, reason = ''): void {
    // Browsers throw for the codes that are reserved for the protocol: 1002 is sent as 3002.
    if (this.socket.readyState <= OPEN) this.socket.close(code > 1000 && code < 3000 ? code + 2000 : code, closeReason(reason));
  }
}

/** A close frame holds 123 bytes of UTF-8, and a longer reason throws. A UTF-16 unit takes at most three bytes. */
export function closeReason(reason: string): string {
  return reason.slice(0, /^[ -~]*$/.test(reason) ? 123 : 41);
}
