/* Stands for rawsocket.ts in browsers, which have no such sockets. */

import type { ITransport } from '../api/transport-api.ts';
import type { Any } from '../base/any.ts';

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
