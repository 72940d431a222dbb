/*
 * `autobahn.transports`: by name, those that are there and those that a program brings. A registry for the whole page is what programs know, so this
 * one file keeps state.
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
