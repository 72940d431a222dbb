/* WAMP "Publishing": PUBLISH, answered only when `acknowledge` asks for it. */

import { Code } from '../../protocol/messages.ts';
import type { AcknowledgedOptions, UnacknowledgedOptions } from '../api/options.ts';
import type { PayloadIn, Publication } from '../api/payload.ts';
import { type Settle, throwIfAborted } from '../kernel/settle.ts';
import type { Handlers, SessionContext } from './context.ts';
import { pack } from './packing.ts';

export interface Publisher {
  /** Settles when `options.acknowledge` is true, else `settle` is not used. @throws What is wrong with it. */
  publish(
    settle: Settle<Publication> | undefined,
    topic: string,
    payload: PayloadIn,
    options: AcknowledgedOptions | UnacknowledgedOptions | undefined,
  ): void;
  readonly handlers: Pick<Handlers, typeof Code.PUBLISHED>;
}

export function createPublisher(context: SessionContext): Publisher {
  const { kernel, link, requests } = context;
  return {
    publish(settle, topic, payload, options) {
      const wire = kernel.fit.publish(topic, payload, options);
      throwIfAborted(options);
      const { args, kwargs } = wire.ppt_scheme ? pack(context, 'broker', wire, payload) : payload;
      link.send({
        type: Code.PUBLISH,
        request: requests.next,
        options: wire,
        topic,
        args: args ?? undefined,
        kwargs: kwargs ?? undefined,
      });
      if (settle) requests.wait(Code.PUBLISH, settle, options);
      else requests.sent();
    },
    handlers: {
      [Code.PUBLISHED](message) {
        requests.take(message.request, Code.PUBLISH, message.type).resolve({ id: message.publication });
      },
    },
  };
}
