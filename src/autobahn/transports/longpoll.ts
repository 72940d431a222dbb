/* The transport `longpoll`. It speaks JSON. Its code is loaded when it is used, so bundlers put it into a file of its own. */
import type { Connector } from '../../index.ts';
import type { ITransport } from '../api/transport-api.ts';
import type { Any } from '../base/any.ts';
import { assert } from '../base/checks.ts';
import { JSONSerializer } from '../serializers/json-serializer.ts';
import { open } from './line.ts';

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
    const { url, request_timeout } = this._options;
    const timeoutMs = request_timeout || 12_000;
    const options = { batched: false, credentials: 'include', timeoutMs } as const;
    const connector: Connector = {
      name: url,
      connect: async ({ serializers, signal }) => {
        // The limit holds for the first request, too: nothing else would end it.
        const controller = new AbortController();
        const timer = setTimeout(() => controller.abort(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
        signal.addEventListener('abort', () => controller.abort(signal.reason));
        try {
          const { longPoll } = await import('../../transport/longpoll.ts');
          return await longPoll(url, options).connect({ serializers, signal: controller.signal });
        } finally {
          clearTimeout(timer);
        }
      },
    };
    return open(connector, [new JSONSerializer()], { type: 'longpoll', url, protocol: 'wamp.2.json' });
  }
}
