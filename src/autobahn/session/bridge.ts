/*
 * Autobahn's transports carry whole messages, ours carry frames: here a message is its own frame, and the serializer does nothing. On its way it
 * passes the session of this layer, and the program may have replaced a part of that (`_send_wamp`).
 */
import { type Dial, type Frame, type Serializer, type Transport, TransportError, type TransportReceiver } from '../../index.ts';
import type { ICloseEventDetails, ITransport } from '../api/transport-api.ts';
import type { Any } from '../base/any.ts';
import { Code } from '../base/codes.ts';
import { log } from '../base/log.ts';

/** A frame is a list here. It is not text, so it counts as bytes, and its length means nothing. */
function frameOf(message: unknown): Frame {
  return message as Frame;
}

function messageIn(frame: unknown): Any[] {
  return frame as Any[];
}

const identity: Serializer = {
  name: 'autobahn',
  isBinary: true,
  encode: frameOf,
  decode(frame: unknown) {
    if (frame instanceof Error) throw frame; // it could not be read
    return messageIn(frame);
  },
};

/** A session on its way through the bridge. */
export interface Carried {
  _realm: string | null;
  _id: number | null;
  _features: Any;
  /** A message of the client goes out. */
  _transmit(message: Any[]): void;
  /** The client has taken a message in. */
  _received(message: Any[]): void;
}

export interface BridgeHooks {
  /** The transport is open; HELLO comes next. */
  opened(): void;
  /** What HELLO says beside the roles. */
  hello(details: Any): [realm: Any, details: Any];
  /** GOODBYE or ABORT came. Called before the transport is closed for it, and before anything is decided. */
  left(reason: string, details: Any): void;
  /** It closed before it was open, or within `close()`: whether to try again is not decided yet. */
  early(tell: () => void): void;
  /** Called once, when the transport has closed and everything else is done. */
  closed(event: ICloseEventDetails): void;
}

export class Bridge implements Transport {
  readonly serializer: Serializer = identity;
  readonly bufferedBytes = 0;
  private readonly socket: ITransport;
  private readonly session: Carried;
  private readonly hooks: BridgeHooks;
  private receiver: TransportReceiver | undefined;
  private farewell: Any[] | undefined;
  private hasClosed = false;
  private isInClose = false;
  /** It is ending, and the transport was closed with it. */
  isClosing = false;

  constructor(socket: ITransport, session: Carried, hooks: BridgeHooks) {
    this.socket = socket;
    this.session = session;
    this.hooks = hooks;
    socket.onmessage = (message) => this.take(message);
  }

  /** Resolves when the transport is open and `ready` has resolved. */
  connect({ signal }: Dial, ready?: Promise<unknown>): Promise<Transport> {
    const { socket } = this;
    ready?.catch(() => {}); // It may fail before anybody waits for it.
    return new Promise((resolve, reject) => {
      socket.onopen = () => {
        if (signal.aborted) return;
        this.hooks.opened();
        if (ready) ready.then(() => resolve(this), reject);
        else resolve(this);
      };
      socket.onclose = (event) => {
        if (this.hasClosed) return;
        this.isClosing = true;
        reject(new TransportError(`cannot connect to ${socket.info?.url ?? socket.info?.type}: ${event?.reason || event?.code}`));
        this.receiver?.closed({ clean: event.wasClean, code: event.code, reason: event.reason });
        if (this.receiver && !this.isInClose) this.end(event);
        else this.hooks.early(() => this.end(event));
      };
      signal.addEventListener('abort', () => {
        if (!this.receiver) this.close();
      });
    });
  }

  /** Calls `onclose` with this, unless it was called before. */
  end(event: ICloseEventDetails): void {
    if (this.hasClosed) return;
    this.hasClosed = true;
    this.hooks.closed(event);
  }

  start(receiver: TransportReceiver): void {
    this.receiver = receiver;
  }

  send(frame: Frame): void {
    const message = messageIn(frame);
    if (message[0] === Code.HELLO) [message[1], message[2]] = this.hooks.hello(message[2]);
    this.session._transmit(message);
  }

  close(code?: number, reason?: string): void {
    this.leave();
    if (this.isClosing) return;
    this.isClosing = this.isInClose = true;
    try {
      // Pages must not use 1002.
      this.socket.close(code === 1002 ? 3002 : code, reason);
    } catch {
      // A transport may throw when it is closed already, or closing.
    }
    this.isInClose = false;
  }

  /** Reports GOODBYE or ABORT of the router, once. True if there was one. */
  leave(): boolean {
    const { farewell, session } = this;
    if (!farewell) return false;
    this.farewell = undefined;
    const [, details, reason] = farewell;
    session._id = session._realm = session._features = null;
    const { isInClose } = this;
    this.isInClose = true;
    this.hooks.left(reason, details);
    this.isInClose = isInClose;
    return true;
  }

  private take(message: Any[]): void {
    const { _realm, _id } = this.session;
    log.debug(['RX', _realm, _id, message]);
    // ABORT in an open session does not end the retrying: services depend on being connected again after it.
    if (message[0] === Code.GOODBYE || (message[0] === Code.ABORT && _id === null)) this.farewell = message;
    this.receiver?.frame(frameOf(message));
    if (Array.isArray(message)) this.session._received(message);
    this.leave();
  }
}
