/*
 * The common part of the polyfills. They only add what is missing: what a platform has stays, above all typed arrays (a WebSocket sends only
 * its own). Added members are not enumerable, so that `for … in` over a list does not find them.
 */

/** An object of the platform, looked at by names. */
export interface Host {
  // biome-ignore lint/suspicious/noExplicitAny: what is there depends on the platform, and the polyfills are there to ask.
  [name: PropertyKey]: any;
}

declare const self: Host | undefined;
declare const window: Host;

export const root: Host = typeof globalThis === 'object' ? globalThis : typeof self === 'object' ? self : window;

/** Defines it, even if there was another one. */
export function define(target: object, name: PropertyKey, value: unknown): void {
  try {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  } catch {
    // In old WebKit some members cannot be configured, but can be assigned.
    (target as Host)[name] = value;
  }
}

/** Defines what is missing. Does nothing if the target itself is missing. */
export function fill(target: Host | undefined, members: { readonly [name: string]: unknown }): void {
  if (!target) return;
  for (const name of Object.keys(members)) if (target[name] === undefined) define(target, name, members[name]);
}
