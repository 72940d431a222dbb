/* The transport `longpoll`. It speaks JSON. What it is made of is loaded when it is used: bundlers put it into a file of its own. */
import type { Connector } from '../index.ts';
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
    const options = { batched: false, credentials: 'include', timeoutMs: request_timeout } as const;
    const connector: Connector = {
      name: url,
      connect: async (dial) => {
        const { longPoll } = await import('../transport/longpoll.ts');
        return longPoll(url, options).connect(dial);
      },
    };
    return open(connector, [new JSONSerializer()], { type: 'longpoll', url, protocol: 'wamp.2.json' });
  }
}
