/// <reference lib="esnext.disposable" />
/** Argon2id, version 1.3, with one lane. `autostrada/argon2` exports such a function. */
type Argon2id = (input: {
    readonly password: Uint8Array;
    readonly salt: Uint8Array;
    /** The number of passes over the memory. */
    readonly iterations: number;
    readonly memoryKiB: number;
    /** The length of the key, in octets. */
    readonly length: number;
}) => Promise<Uint8Array>;

export type { Argon2id };
