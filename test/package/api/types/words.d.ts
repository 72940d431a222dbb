/// <reference lib="esnext.disposable" />
/** WAMP id: an integer from 1 to 2^53. */
type Id = number;
type Uri = string;
/** An object with any keys: options, details, keyword arguments. */
type Dict = {
    readonly [key: string]: unknown;
};
type Awaitable<T> = T | PromiseLike<T>;
/** Stops listening. */
type Off = () => void;

export type { Awaitable, Dict, Id, Off, Uri };
