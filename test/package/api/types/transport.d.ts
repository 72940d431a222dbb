/// <reference lib="esnext.disposable" />
import { Awaitable, Uri } from './words.js';
import { Serializer } from './serializer.js';

/** Text for serializers of text, bytes for the others. */
type Frame = string | Uint8Array;
/** Whatever can get a line to a router. */
interface Connector {
    /** What a URL would be, for status and messages. */
    readonly name: string;
    /** Rejects with a `TransportError`. After `dial.signal` has aborted the outcome is of no interest, but the line must be closed. */
    connect(dial: Dial): Awaitable<Transport>;
}
interface Dial {
    /** What the client speaks, in order of preference. */
    readonly serializers: readonly Serializer[];
    readonly signal: AbortSignal;
}
/** A line: frames, in order. */
interface Transport {
    /** The serializer both sides agreed on. */
    readonly serializer: Serializer;
    /** Bytes accepted by `send` and not yet gone. */
    readonly bufferedBytes: number;
    /** The longest frame that the other side takes, where it has said so. Nobody may send a longer one. */
    readonly maxFrameBytes?: number | undefined;
    /** Whether text may go as its UTF-8 bytes, and comes so to a receiver that wants it (`TransportReceiver.wantsUtf8`). */
    readonly hasUtf8?: boolean | undefined;
    /** Called once, before anything is delivered. */
    start(receiver: TransportReceiver): void;
    /** Never throws; on a line that is closing the frame is dropped. */
    send(frame: Frame): void;
    /**
     * Stops reading for a while, so that the far end has to wait, where the line can do that. Frames that were read already still come.
     */
    pause?(): void;
    resume?(): void;
    /**
     * The longest message to take from now on, in bytes, where the line can refuse a longer one before all of it has come. It says so by
     * `TransportReceiver.broken`, and may be asked before `start`.
     */
    limitMessages?(maxBytes: number): void;
    /** Bytes that are still to be sent, those of an unfinished write counted one by one, where that is known. */
    readonly unsentBytes?: number | undefined;
    /** Bytes that came in so far, those of unfinished frames among them, where that is known. */
    readonly receivedBytes?: number | undefined;
    /** Asks the other side for a sign of life, where the line can do that without a message. */
    ping?(answered: () => void): void;
    /** Bytes that both ends of this TLS connection know and nobody else (WAMP "TLS Channel Binding"); undefined where there are none. */
    channelBinding?(type: string): Uint8Array | undefined;
    /** What was sent before still goes out. Twice is fine. */
    close(code?: number, reason?: string): void;
}
interface TransportReceiver {
    /** Text is wanted as its UTF-8 bytes, where the transport has them (`Transport.hasUtf8`). */
    readonly wantsUtf8?: boolean | undefined;
    frame(frame: Frame): void;
    /** What came is no frame. Whoever hears it says why to the other side and closes; where nobody does, the line closes by itself. */
    broken?(reason: Uri, message: string): void;
    /** Exactly once, also after our own `close`. */
    closed(why: Closed): void;
}
interface Closed {
    /** Both sides took part. */
    readonly clean: boolean;
    /** WebSocket's, where there is one. */
    readonly code?: number | undefined;
    readonly reason?: string | undefined;
    readonly error?: unknown;
}

export type { Closed, Connector, Dial, Frame, Transport, TransportReceiver };
