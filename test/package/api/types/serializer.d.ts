/// <reference lib="esnext.disposable" />
/**
 * Lists ⇄ frames. Knows nothing of WAMP. With payload passthru also dicts, of `args` and `kwargs`, which are no frames of their own.
 *
 * `encode` throws a `SerializationError` for what the payload model does not hold; `decode` may throw anything.
 */
interface Serializer {
    /** `json`, `msgpack`, `cbor`: offered as `wamp.2.` + this. */
    readonly name: string;
    /** Whether frames are bytes; else they are text. */
    readonly isBinary: boolean;
    /** Frames are what the format of this name says and no more, so that a router may hand on their bytes as they are. Default false. */
    readonly isStandard?: boolean | undefined;
    encode(message: readonly unknown[] | {
        readonly [key: string]: unknown;
    }): string | Uint8Array;
    decode(frame: string | Uint8Array): unknown[];
}

export type { Serializer };
