/* WAMP "WebSocket Transport": a subprotocol is `wamp.2.` and the name of a serializer. */
import { TransportError } from '../base/errors.ts';
import type { Serializer } from '../serializer/serializer.ts';

const PREFIX = 'wamp.2.';

/** The names that are offered, in order of preference. */
export function subprotocols(serializers: readonly Serializer[]): string[] {
  return serializers.map((serializer) => PREFIX + serializer.name);
}

/** The first offered serializer that is supported (WAMP does not say which to choose; Crossbar.io and nexus do the same). */
export function chooseSerializer(offered: Iterable<string>, supported: readonly Serializer[]): Serializer | undefined {
  for (const name of offered) {
    const found = supported.find((serializer) => PREFIX + serializer.name === name);
    if (found) return found;
  }
  return undefined;
}

export function noSubprotocol(url: string, serializers: readonly Serializer[], what: string): TransportError {
  return new TransportError(`no common subprotocol with ${url}: offered ${subprotocols(serializers).join(', ')}; ${what}`, {
    uri: 'autostrada.error.no_subprotocol',
  });
}
