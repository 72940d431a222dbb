/*
 * `autobahn.log`. `debug` is silent unless the global or the environment's AUTOBAHN_DEBUG is set; Autobahn|JS looks once, when it is loaded. This
 * looks at each call, so it may be set at any time.
 */
interface Surroundings {
  readonly AUTOBAHN_DEBUG?: unknown;
  readonly process?: { readonly env?: { readonly AUTOBAHN_DEBUG?: string } };
}

function isDebugging(): boolean {
  const { AUTOBAHN_DEBUG, process } = globalThis as Surroundings;
  return Boolean(AUTOBAHN_DEBUG || process?.env?.AUTOBAHN_DEBUG);
}

export function debug(...items: readonly unknown[]): void {
  if (isDebugging()) console.log(JSON.stringify(items[0], null, '  '));
}

export function warn(...items: readonly unknown[]): void {
  console.warn(...items);
}
