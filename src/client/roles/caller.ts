/* WAMP "Calling": CALL → RESULT or ERROR; CANCEL when the caller gives up. */

import { type Dict, type Id, isThenable } from '../../base/words.ts';
import { Code, type ResultMessage } from '../../protocol/messages.ts';
import type { CallOptions } from '../api/options.ts';
import type { PayloadIn } from '../api/payload.ts';
import { toValue } from '../api/result.ts';
import { type Settle, throwIfAborted } from '../kernel/settle.ts';
import type { Handlers, SessionContext } from './context.ts';
import { pack, unpack } from './packing.ts';

export interface Caller {
  /** @throws What is wrong with it. Then nothing was sent. */
  call(settle: Settle<ResultMessage>, procedure: string, payload: PayloadIn, options: CallOptions | undefined): void;
  readonly handlers: Pick<Handlers, typeof Code.RESULT>;
}

export function createCaller(context: SessionContext): Caller {
  const { kernel, session, link, requests, features } = context;
  const { dealer } = features;

  const cancel = (request: Id, mode: CallOptions['cancelMode']): void => {
    if (dealer?.call_canceling) link.send({ type: Code.CANCEL, request, options: { mode: mode ?? 'killnowait' } });
  };

  const told = (procedure: string, onProgress: (value: never) => void, result: ResultMessage): void => {
    const fail = (error: unknown): void => kernel.report(error, 'progress', procedure);
    try {
      const payload = unpack(kernel, result);
      if (payload.wrong) throw payload.wrong;
      const outcome: unknown = onProgress(toValue(payload, result.details) as never);
      if (isThenable(outcome)) outcome.then(undefined, fail);
    } catch (error) {
      fail(error);
    }
  };

  /** Those of WAMP, with what ours ask for. */
  const withOurs = (wire: Dict, { timeoutMs, onProgress }: CallOptions, more: Dict | undefined): Dict => {
    // WAMP "Call Timeout": in milliseconds, and only to routers that announce it (Crossbar.io reads seconds and does not).
    const isLimited = timeoutMs && timeoutMs <= 2 ** 53 && dealer?.call_timeout;
    return {
      ...wire,
      ...(isLimited && { timeout: Math.ceil(timeoutMs) }),
      ...(onProgress && { receive_progress: true }),
      ...more,
    };
  };

  return {
    call(settle, procedure, payload, options) {
      const given = kernel.fit.call(procedure, payload, options);
      throwIfAborted(options);
      const part = options && kernel.calling?.(session, procedure, options);
      const wire = options ? withOurs(given, options, part?.wire) : given;
      const { args, kwargs } = wire.ppt_scheme ? pack(context, 'dealer', wire, payload) : payload;
      const request = requests.next;
      link.send({
        type: Code.CALL,
        request,
        options: wire,
        procedure,
        args: args ?? undefined,
        kwargs: kwargs ?? undefined,
      });
      const { onProgress, cancelMode } = options ?? {};
      const wanted = onProgress ? { ...settle, progress: (result: ResultMessage) => told(procedure, onProgress, result) } : settle;
      const onGiveUp = (): void => cancel(request, cancelMode);
      requests.wait(Code.CALL, part ? part.around(wanted) : wanted, options, onGiveUp);
      part?.sent(request, wire, (error) => {
        onGiveUp();
        requests.giveUp(request, error);
      });
    },
    handlers: {
      [Code.RESULT](message) {
        const isProgress = message.details.progress === true;
        // WAMP "Call Canceling": of a call that was given up, the late result is dropped; `Wait` sees to that.
        const wait = requests.take(message.request, Code.CALL, message.type, !isProgress);
        if (isProgress) return wait.progress(message);
        const result = unpack(kernel, message);
        if (result.wrong) wait.reject(result.wrong);
        else wait.resolve(result);
      },
    },
  };
}
