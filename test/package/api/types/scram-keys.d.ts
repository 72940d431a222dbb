/// <reference lib="esnext.disposable" />
/** Argon2id, version 1.3, one lane. `autostrada/argon2` has one. */
type Argon2id = (input: {
    readonly password: Uint8Array;
    readonly salt: Uint8Array;
    /** Passes over the memory. */
    readonly iterations: number;
    readonly memoryKiB: number;
    /** Of the key, in octets. */
    readonly length: number;
}) => Promise<Uint8Array>;

export type { Argon2id };
