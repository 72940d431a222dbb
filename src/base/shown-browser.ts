/* Bundles for browsers have this file instead of shown.ts: their consoles open an object when its reader wants to. */
export function showAs(_target: object, ..._names: readonly string[]): void {}
