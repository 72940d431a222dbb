/* Stands for rawsocket.ts in browsers, which have no such sockets. */
import type { Any } from './any.ts';
import type { ITransport } from './type-names.ts';

export class RawsocketFactory {
  readonly _options: Any;

  constructor(options: Any) {
    this._options = options;
  }

  get type(): 'rawsocket' {
    return 'rawsocket';
  }

  create(): ITransport {
    throw 'No RawSocket support in browser';
  }
}
