/*
 * `autobahn.log`. `debug` is silent unless the global or the environment's AUTOBAHN_DEBUG is set; Autobahn|JS looks once, when it is loaded. This
 * looks at each call, so it may be set at any time.
 */
interface Surroundings {
  readonly AUTOBAHN_DEBUG?: unknown;
  readonly process?: { readonly env?: { readonly AUTOBAHN_DEBUG?: string } };
}

function isDebugging(): boolean {
  const { AUTOBAHN_DEBUG, process }: Surroundings = globalThis;
  return Boolean(AUTOBAHN_DEBUG || process?.env?.AUTOBAHN_DEBUG);
}

function warn(...items: readonly unknown[]): void {
  console.warn(...items);
}

/** Programs replace its members, so it is looked up at each use. */
export const log: { debug(...items: readonly unknown[]): void; warn(...items: readonly unknown[]): void } = {
  debug(...items) {
    if (isDebugging()) console.log(JSON.stringify(items[0], null, '  '));
  },
  warn,
};

/** For what Autobahn|JS writes by `warn` at every close. Only a `warn` of the program gets it: by default it is silent. */
export function notice(...items: readonly unknown[]): void {
  if (log.warn === warn) log.debug(items);
  else log.warn(...items);
}
