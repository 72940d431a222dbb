/*
 * What the polyfills share. They fill gaps and nothing else: what a platform has stays, typed arrays above all (a WebSocket sends no
 * others than its own). What they add is not enumerable, so that `for … in` over a list does not meet it.
 */

/** An object of the platform, looked at by names. */
export interface Host {
  // biome-ignore lint/suspicious/noExplicitAny: what is there depends on the platform, and the polyfills are there to ask.
  [name: PropertyKey]: any;
}

declare const self: Host | undefined;
declare const window: Host | undefined;

export const root: Host =
  typeof globalThis === 'object' ? globalThis : typeof self === 'object' ? (self as Host) : (window as unknown as Host);

/** Puts it there, whatever was there. */
export function define(target: object, name: PropertyKey, value: unknown): void {
  try {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  } catch {
    // Old WebKit lets nobody configure some members, but takes the value.
    (target as Host)[name] = value;
  }
}

/** Defines what is missing. A target that is missing itself is left alone. */
export function fill(target: Host | undefined, members: { readonly [name: string]: unknown }): void {
  if (!target) return;
  for (const name of Object.keys(members)) if (target[name] === undefined) define(target, name, members[name]);
}
