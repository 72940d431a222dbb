/* The transport `longpoll`. It speaks JSON. */
import { longPoll } from '../transport/longpoll.ts';
import type { Any } from './any.ts';
import { assert } from './checks.ts';
import { JSONSerializer } from './json-serializer.ts';
import { open } from './line.ts';
import type { ITransport } from './type-names.ts';

export class LongpollFactory {
  readonly _options: Any;

  constructor(options: Any) {
    assert(options.url !== undefined, 'options.url missing');
    assert(typeof options.url === 'string', 'options.url must be a string');
    this._options = options;
  }

  get type(): 'longpoll' {
    return 'longpoll';
  }

  create(): ITransport {
    const { url, request_timeout = 12_000 } = this._options;
    const connector = longPoll(url, { batched: false, credentials: 'include', timeoutMs: request_timeout });
    return open(connector, [new JSONSerializer()], { type: 'longpoll', url, protocol: 'wamp.2.json' });
  }
}
