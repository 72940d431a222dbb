/* The transport `rawsocket`, for Node.js. It speaks JSON. Bundles for browsers have rawsocket-browser.ts instead (`browser` in package.json). */
import { rawSocket } from '../../node/index.ts';
import type { ITransport } from '../api/transport-api.ts';
import type { Any } from '../base/any.ts';
import { assert } from '../base/checks.ts';
import { JSONSerializer } from '../serializers/json-serializer.ts';
import { open } from './line.ts';

export class RawsocketFactory {
  readonly _options: Any;

  constructor(options: Any) {
    options.protocols ||= ['wamp.2.json'];
    assert(Array.isArray(options.protocols), 'options.protocols must be an array');
    options.rawsocket_max_len_exp ||= 24;
    this._options = options;
  }

  get type(): 'rawsocket' {
    return 'rawsocket';
  }

  create(): ITransport {
    const { path, port, host, rawsocket_max_len_exp: exponent } = this._options;
    if (!path && !port) throw 'You must specify a host/port combination or a unix socket path to connect to';
    assert(exponent >= 9 && exponent <= 36, `Message length out of bounds [9, 36]: ${exponent}`);
    const url = path ? `unix:${path}` : `rs://${host || 'localhost'}:${port}`;
    const connector = rawSocket(url, { maxMessageBytes: 2 ** exponent });
    return open(connector, [new JSONSerializer()], { type: 'rawsocket', url: null, protocol: 'wamp.2.json' }, 999);
  }
}
