/// <reference lib="esnext.disposable" />
/**
 * Converts between lists and frames. It knows nothing about WAMP. For payload passthru it also converts the dicts of `args`
 * and `kwargs`, which are not frames themselves.
 *
 * `encode` throws a `SerializationError` for a value that the payload model does not have. `decode` may throw anything.
 */
interface Serializer {
    /** `json`, `msgpack`, `cbor`: the name that is offered after `wamp.2.`. */
    readonly name: string;
    /** Whether frames are bytes; otherwise they are text. */
    readonly isBinary: boolean;
    /**
     * Whether frames are exactly what the format of this name says. Then a router may pass on their bytes unchanged. Default
     * false.
     */
    readonly isStandard?: boolean | undefined;
    encode(message: readonly unknown[] | {
        readonly [key: string]: unknown;
    }): string | Uint8Array;
    decode(frame: string | Uint8Array): unknown[];
}

export type { Serializer };
