/* The transport `websocket`. */
import { webSocketConnector } from '../../index.ts';
import type { ISerializer, ITransport } from '../api/transport-api.ts';
import type { Any } from '../base/any.ts';
import { assert } from '../base/checks.ts';
import { JSONSerializer } from '../serializers/json-serializer.ts';
import { open } from './line.ts';

const PREFIX = 'wamp.2.';

/** Fills in `serializers` and `protocols` of what it is given, as Autobahn|JS does. */
export class WebsocketFactory {
  readonly _options: Any;

  constructor(options: Any) {
    assert(options.url !== undefined, 'options.url missing');
    assert(typeof options.url === 'string', 'options.url must be a string');
    options.serializers ||= [new JSONSerializer()];
    assert(Array.isArray(options.serializers), 'options.serializers must be an array');
    options.protocols ||= options.serializers.map(({ SERIALIZER_ID }: ISerializer) => PREFIX + SERIALIZER_ID);
    assert(Array.isArray(options.protocols), 'options.protocols must be an array');
    this._options = options;
  }

  get type(): 'websocket' {
    return 'websocket';
  }

  create(): ITransport {
    const { url, serializers, protocols }: { url: string; serializers: ISerializer[]; protocols: string[] } = this._options;
    const isPage = 'location' in globalThis; // where a path is enough
    if (!isPage && !/^(ws|http)s?:\/\/[^\s/?#]/i.test(url)) throw new SyntaxError(`Invalid URL: ${url}`);
    const offered = protocols.flatMap(
      (protocol) => serializers.find(({ SERIALIZER_ID }) => PREFIX + SERIALIZER_ID === protocol) ?? [],
    );
    if (offered.length === 0) throw new Error(`expected protocols for the serializers that are given, got ${protocols}`);
    // As in Autobahn|JS, the global one at this moment: a test may have replaced it.
    const { WebSocket }: { WebSocket?: new (url: string, protocols: string[]) => unknown } = globalThis;
    return open(webSocketConnector(url, WebSocket), offered, { type: 'websocket', url, protocol: null });
  }
}
