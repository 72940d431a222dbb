/*
 * Publishes what a connection does to Node's diagnostics_channel, as its tracing channels do.
 */
import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import { isThenable } from '../base/words.ts';
import type { Hooks, Middleware } from '../client/api/middleware-api.ts';
import { defineMiddleware } from '../client/features/middleware/middleware.ts';

interface Message {
  result?: unknown;
  error?: unknown;
}
type Channel = TracingChannel<unknown, Message>;

/**
 * A middleware that publishes to `node:diagnostics_channel`: the tracing channels `autostrada.call`, `autostrada.publish`,
 * `autostrada.invocation` and `autostrada.event`, each with `start`, `end`, `asyncStart`, `asyncEnd` and `error`. The message is the
 * context of the hook (`procedure` or `topic`, `args`, `kwargs`, `options`; or `args`, `kwargs`, `details`), with `result` or `error` once
 * they are known. While nobody listens, it does nothing.
 *
 * @example
 * const connection = new Connection({ url, realm: 'realm1', middleware: [diagnostics()] });
 * tracingChannel('autostrada.call').subscribe({
 *   asyncEnd: ({ procedure, result, error }) => console.log(procedure, error ?? result),
 * });
 */
export function diagnostics(): Middleware {
  const channel = (kind: keyof Hooks): Channel => tracingChannel<unknown, Message>(`autostrada.${kind}`);
  const [calls, publications, invocations, events] = [channel('call'), channel('publish'), channel('invocation'), channel('event')];
  return defineMiddleware({
    call: (context, next) => trace(calls, context, next),
    publish: (context, next) => trace(publications, context, next),
    invocation: (context, next) => trace(invocations, context, next),
    event: (context, next) => trace(events, context, next),
  });
}

function trace<C extends object, R>(channel: Channel, context: C, next: (context: C) => R): R {
  if (!channel.hasSubscribers) return next(context);
  const message: C & Message = { ...context };
  const fail = (error: unknown): void => {
    message.error = error;
    channel.error.publish(message);
  };
  const later = (): void => {
    channel.asyncStart.publish(message);
    channel.asyncEnd.publish(message);
  };
  return channel.start.runStores(message, () => {
    try {
      const outcome = next(context);
      if (isThenable(outcome))
        outcome.then(
          (result) => {
            message.result = result;
            later();
          },
          (error: unknown) => {
            fail(error);
            later();
          },
        );
      else message.result = outcome;
      return outcome;
    } catch (error) {
      fail(error);
      throw error;
    } finally {
      channel.end.publish(message);
    }
  });
}
