/** WAMP id: an integer from 1 to 2^53. */
export type Id = number;
export type Uri = string;
/** A string-keyed map: options, details, keyword arguments. */
export type Dict = { readonly [key: string]: unknown };
export type Awaitable<T> = T | PromiseLike<T>;

export function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Stops listening. */
export type Off = () => void;
