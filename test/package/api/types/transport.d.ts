/// <reference lib="esnext.disposable" />
import { Awaitable, Uri } from './words.js';
import { Serializer } from './serializer.js';

/** A string if the serializer makes text, else bytes. */
type Frame = string | Uint8Array;
/** Opens connections to a router. */
interface Connector {
    /** A URL or a similar name, for status and messages. */
    readonly name: string;
    /**
     * Rejects with a `TransportError`. When `dial.signal` has aborted, the result does not matter any more, but the connection
     * must be closed.
     */
    connect(dial: Dial): Awaitable<Transport>;
}
interface Dial {
    /** The serializers of the client, in order of preference. */
    readonly serializers: readonly Serializer[];
    readonly signal: AbortSignal;
}
/** An open connection. It carries frames, in order. */
interface Transport {
    /** The serializer both sides agreed on. */
    readonly serializer: Serializer;
    /** The bytes that `send` has accepted and that are not sent yet. */
    readonly bufferedBytes: number;
    /** The longest frame that the other side accepts, if it has said so. Nobody may send a longer one. */
    readonly maxFrameBytes?: number | undefined;
    /**
     * Whether `send` accepts text as UTF-8 bytes. A receiver that wants it gets text as UTF-8 bytes, too
     * (`TransportReceiver.wantsUtf8`).
     */
    readonly hasUtf8?: boolean | undefined;
    /** Is called once. Nothing is delivered before that. */
    start(receiver: TransportReceiver): void;
    /** Never throws. While the connection is closing, the frame is dropped. */
    send(frame: Frame): void;
    /**
     * Sends several frames, in order. The same list may go to many connections, one after the other, so what is made of it may be kept. Never throws.
     */
    sendAll?(frames: readonly Frame[]): void;
    /**
     * Stops reading for a while, so that the other side has to wait, if the transport can do that. Frames that were read before
     * are still delivered.
     */
    pause?(): void;
    resume?(): void;
    /**
     * Sets the longest message to accept from now on, in bytes, if the transport can refuse a longer one before all of it has
     * come. It refuses one with `TransportReceiver.broken`. It may be called before `start`.
     */
    limitMessages?(maxBytes: number): void;
    /** Bytes that are still to be sent, if this is known. Of an unfinished write only the unsent bytes count. */
    readonly unsentBytes?: number | undefined;
    /** Bytes that have come so far, if this is known. The bytes of unfinished frames count as well. */
    readonly receivedBytes?: number | undefined;
    /** Asks the other side for an answer, to see whether it is alive, if the transport can do that without a message. */
    readonly ping?: ((answered: () => void) => void) | undefined;
    /** Bytes that only the two ends of this TLS connection know (WAMP "TLS Channel Binding"). Undefined if there are none. */
    channelBinding?(type: string): Uint8Array | undefined;
    /** Closes the connection. What was sent before still goes out. It may be called twice. */
    close(code?: number, reason?: string): void;
}
interface TransportReceiver {
    /** Whether the receiver wants text as UTF-8 bytes, if the transport has them (`Transport.hasUtf8`). */
    readonly wantsUtf8?: boolean | undefined;
    frame(frame: Frame): void;
    /**
     * Is called when the incoming bytes are not a valid frame. The receiver tells the other side why, and closes. Without this
     * method the transport closes itself.
     */
    broken?(reason: Uri, message: string): void;
    /** Is called exactly once, also after our own `close`. */
    closed(why: Closed): void;
}
interface Closed {
    /** Whether both sides took part in closing. */
    readonly clean: boolean;
    /** The code of WebSocket, if there is one. */
    readonly code?: number | undefined;
    readonly reason?: string | undefined;
    readonly error?: unknown;
}

export type { Closed, Connector, Dial, Frame, Transport, TransportReceiver };
