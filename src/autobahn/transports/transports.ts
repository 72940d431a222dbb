/*
 * `autobahn.transports`: the built-in transports and those that a program registers, by name. Programs know one registry for the whole page, so this
 * file keeps state.
 */

import type { ITransportFactoryFactory, ITransports } from '../api/transport-api.ts';
import { LongpollFactory } from './longpoll.ts';
import { RawsocketFactory } from './rawsocket.ts';
import { WebsocketFactory } from './websocket.ts';

class Transports implements ITransports {
  _repository: { [name: string]: ITransportFactoryFactory } = {};

  register(name: string, factory: ITransportFactoryFactory): void {
    this._repository[name] = factory;
  }

  isRegistered(name: string): boolean {
    return Boolean(this._repository[name]);
  }

  get(name: string): ITransportFactoryFactory {
    const factory = this._repository[name];
    if (factory === undefined) throw `no such transport: ${name}`;
    return factory;
  }

  list(): string[] {
    return Object.keys(this._repository);
  }
}

export const transports: Transports = /* @__PURE__ */ (() => {
  const registry = new Transports();
  registry.register('websocket', WebsocketFactory);
  registry.register('longpoll', LongpollFactory);
  registry.register('rawsocket', RawsocketFactory);
  return registry;
})();
