/* Which transport an attempt has: the factories of the options, in their order. */

import type { IConnectionOptions } from '../api/connection-options.ts';
import type { ITransport, ITransportFactory } from '../api/transport-api.ts';
import { assert, handle_error } from '../base/checks.ts';
import { transports } from './transports.ts';

/** Fills in the transports of `options` from the options around them. A factory that cannot be made is reported and left out. */
export function factoriesOf(options: IConnectionOptions): ITransportFactory[] {
  const factories: ITransportFactory[] = [];
  for (const entry of options.transports ?? []) {
    entry.url ||= options.url;
    entry.serializers ||= options.serializers;
    entry.protocols ||= options.protocols;
    assert(entry.type, 'No transport.type specified');
    assert(typeof entry.type === 'string', 'transport.type must be a string');
    try {
      factories.push(new (transports.get(entry.type))(entry));
    } catch (thrown) {
      handle_error(options.on_internal_error, thrown);
    }
  }
  return factories;
}

/** The first that can be made is used, whether or not it connects. */
export function firstTransport(
  factories: readonly ITransportFactory[],
  { on_internal_error }: IConnectionOptions,
): ITransport | null {
  for (const factory of factories) {
    try {
      const transport = factory.create();
      if (transport) return transport;
    } catch (thrown) {
      handle_error(on_internal_error, thrown, `could not create WAMP transport '${factory.type}': `);
    }
  }
  return null;
}
