/// <reference lib="esnext.disposable" />
/** Programs written for Autobahn|JS annotate little: what its declarations leave open stays open here. */
type Any = any;

interface ProtocolOptions {
    readonly serializer?: 'json' | undefined;
    /** Messages of up to 2^x bytes are taken; 9 to 24. Default 24. */
    readonly max_len_exp?: number | undefined;
    /** Milliseconds until an unanswered PING is an error; false or 0: for ever. Default 2000. */
    readonly ping_timeout?: number | false | undefined;
    /** A PING every so many milliseconds, more than `ping_timeout`; false or 0: none. Default 0. */
    readonly autoping?: number | false | undefined;
    /** Whether an unanswered PING ends the stream. Default true. */
    readonly fail_on_ping_timeout?: boolean | undefined;
    /** Whether a PONG that answers no PING ends the stream. Default true. */
    readonly strict_pong?: boolean | undefined;
    /** It is checked, and has no effect, as in 26.x. */
    readonly packet_timeout?: number | false | undefined;
}
/** The part of a `net.Socket` that is used. */
interface ProtocolStream {
    on(event: string, listener: (...given: Any[]) => void): unknown;
    write(octets: Uint8Array, callback?: (error?: Any) => void): unknown;
    end(): unknown;
}
/** The `EventEmitter` of Node.js underneath, which `on` gives back. */
interface ProtocolEmitter {
    on(event: string, handler: (...given: Any[]) => void): ProtocolEmitter;
    once(event: string, handler: (...given: Any[]) => void): ProtocolEmitter;
    removeListener(event: string, handler: (...given: Any[]) => void): ProtocolEmitter;
}

declare const SERIALIZERS: {
    json: number;
};
declare const STATUS: {
    CLOSED: number;
    UNINITIATED: number;
    NEGOCIATING: number;
    NEGOCIATED: number;
    RXHEAD: number;
    RXDATA: number;
    RXPING: number;
    RXPONG: number;
};
declare const ERRORS: {
    0: string;
    1: string;
    2: string;
    3: string;
    4: string;
};
declare const MSGTYPES: {
    readonly WAMP: 0;
    readonly PING: 1;
    readonly PONG: 2;
};
declare const DEFAULT_OPTIONS: {
    fail_on_ping_timeout: boolean;
    strict_pong: boolean;
    ping_timeout: number;
    autoping: number;
    max_len_exp: number;
    serializer: string;
    packet_timeout: number;
};

/** What `error` reports, except the errors of the stream itself. */
declare class ProtocolError extends Error {
    name: string;
}
/**
 * RawSocket in JSON, the client's end, over a stream.
 *
 * When the stream has connected it sends the handshake. Events: `connect` when the other side has answered it, `data` with a message, `error` with a
 * {@link ProtocolError} or what the stream says, and `close`, `drain`, `end` and `timeout` of the stream.
 *
 * @see WAMP, "RawSocket Transport"
 */
declare class Protocol {
    /** What was given, the defaults, and what the other side said of itself. */
    readonly _options: Any;
    readonly _stream: ProtocolStream;
    /** One of `STATUS`. */
    _status: number;
    private readonly emitter;
    /** Octets that have come and do not make a whole frame yet. */
    private chunks;
    private have;
    /** The length of the frame whose payload is awaited. */
    private length;
    /** Sent, and not answered in time yet. */
    private pings;
    private lastPing;
    private autoping;
    /**
     * @param stream - As a `net.Socket`, not connected yet; it is read from at once.
     * @throws An `Error` for invalid options.
     */
    constructor(stream: ProtocolStream, options?: ProtocolOptions);
    /** The numbers that the handshake has for them. */
    get SERIALIZERS(): typeof SERIALIZERS;
    /** What it waits for. */
    get STATUS(): typeof STATUS;
    /** Why a handshake is refused. */
    get ERRORS(): typeof ERRORS;
    /** The types of frames. */
    get MSGTYPES(): typeof MSGTYPES;
    /** What options are filled in from. */
    get DEFAULT_OPTIONS(): typeof DEFAULT_OPTIONS;
    on(event: string, handler: (...given: Any[]) => void): ProtocolEmitter;
    once(event: string, handler: (...given: Any[]) => void): ProtocolEmitter;
    removeListener(event: string, handler: (...given: Any[]) => void): ProtocolEmitter;
    /** Ends the stream; what still comes from it is dropped. Returns `STATUS.CLOSED`. */
    close(): number;
    /**
     * Sends a frame. One that is longer than the other side takes is an `error`, as is any before the handshake.
     *
     * @param message - A WAMP message, which becomes JSON; of another type it is text, and sent as it is.
     * @param type - One of `MSGTYPES`. Default `WAMP`.
     * @param callback - When the stream has sent it.
     */
    write(message: Any, type?: 0 | 1 | 2, callback?: (error?: Any) => void): void;
    /**
     * Sends a PING. `ping_timeout` ms without its PONG are an `error`, and with `fail_on_ping_timeout` the end.
     *
     * @param payload - Text, or how many random characters. Default 255.
     */
    ping(payload?: string | number): void;
    private unanswered;
    private drop;
    /** False: it is too long, which was reported. */
    private send;
    private fail;
    private failAndClose;
    /** Nothing more is read, and no timer runs. */
    private end;
    /** Forgets the oldest ones. */
    private forget;
    private greet;
    private read;
    /** How many octets make the next step. */
    private get awaited();
    private take;
    /** The status changes before handlers are called: they may close, or throw. */
    private handle;
    private answered;
    private prefix;
    private message;
    private pong;
}

type DefaultTransportType = 'websocket' | 'longpoll' | 'rawsocket';
type CustomTransportType = string & {};
type TransportType = DefaultTransportType | CustomTransportType;
interface ITransportInfo {
    type: TransportType | 'none';
    url?: string | null | undefined;
    protocol?: string | null | undefined;
}
/** What a transport tells when it has closed. */
interface ICloseEventDetails {
    code: number;
    reason: string;
    wasClean: boolean;
}
/** It carries whole messages, as lists. Connection and session set the callbacks. */
interface ITransport {
    info: ITransportInfo;
    protocol?: Any;
    serializer?: Any;
    onopen: (...ignored: Any[]) => void;
    onmessage: (message: Any) => void;
    onclose: (details: ICloseEventDetails) => void;
    send(message: Any): void;
    close(code?: number, reason?: string): void;
}

declare class RawsocketFactory {
    readonly _options: Any;
    constructor(options: Any);
    get type(): 'rawsocket';
    create(): ITransport;
}

export { RawsocketFactory as Factory, Protocol, ProtocolError };
export type { ProtocolEmitter, ProtocolOptions, ProtocolStream };
