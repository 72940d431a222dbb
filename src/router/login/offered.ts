/* The login methods that a client offers. */

/** A client that offers one of these, or nothing, may be recognized. The others insist on their own login. */
const METHODS: readonly string[] = ['anonymous', 'cookie', 'http'];

export function mayRecognize(offered: readonly string[]): boolean {
  return offered.some((name) => METHODS.includes(name));
}

/** The offered order, but of the two variants of SCRAM the specification's comes first. Our own client must offer Crossbar.io's before it. */
export function inOrder(offered: readonly string[]): readonly string[] {
  const at = offered.indexOf('scram');
  if (at < 0 || offered.indexOf('wamp-scram') < at) return offered;
  return offered.flatMap((name) => (name === 'wamp-scram' ? [name, 'scram'] : name === 'scram' ? [] : [name]));
}
