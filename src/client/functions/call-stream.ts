/*
 * A progressive call as a stream.
 */
import { ApplicationError } from '../../base/errors.ts';
import { checkGiven } from '../../base/given.ts';
import type { Callable, IfKnown, Payload, ProgressOf, ResultOf, SpecOf, UriOf } from '../api/contract.ts';
import type { CallOptions } from '../api/options.ts';
import type { Mapped } from '../api/result.ts';
import type { CallOptionsOf } from '../api/verbs.ts';
import { reasonOf } from '../kernel/limit.ts';
import type { AnyRequester, ApiOf } from './peers.ts';
import { type BufferOptions, StreamBuffer } from './stream-buffer.ts';

/** A progressive call as a stream of its progress; `result` is the end of it. Leaving the loop early cancels the call. */
export interface CallStream<P, R> extends AsyncIterableIterator<P>, AsyncDisposable {
  /** As of `call`. Ignoring it is fine: the stream throws as well. After the loop was left: `wamp.error.canceled`. */
  readonly result: Promise<R>;
  [Symbol.asyncIterator](): CallStream<P, R>;
}

/** Contracts are types only. */
interface Calls {
  call(...given: readonly unknown[]): Promise<unknown>;
}

/**
 * Calls a procedure, and gives its progressive results as a stream.
 *
 * Calls at once, with the arguments and options of `call`, and {@link BufferOptions} among the options. What the loop is too slow for is dropped, oldest first, unless `onOverflow` says otherwise. The stream ends with the call,
 * by throwing what `result` rejects with.
 *
 * @throws TypeError for anything but a connection or session, and for wrong options of its own. While it is read: what `call` rejects with.
 * @see WAMP, "Progressive Call Results"
 * @example
 * const building = callStream<number, string>(connection, 'com.example.report.build', ['2026-11']);
 * for await (const percent of building) console.log(percent);
 * console.log(await building.result);
 */
export function callStream<
  Progress = unknown,
  R = unknown,
  Q extends AnyRequester = AnyRequester,
  P extends UriOf<Callable<ApiOf<Q>>> = UriOf<Callable<ApiOf<Q>>>,
>(
  requester: Q,
  procedure: P,
  ...payload: Payload<SpecOf<Callable<ApiOf<Q>>, P>, CallOptionsOf<SpecOf<Callable<ApiOf<Q>>, P>> & BufferOptions>
): CallStream<
  IfKnown<Callable<ApiOf<Q>>, P, Mapped<ProgressOf<SpecOf<Callable<ApiOf<Q>>, P>>>, Progress>,
  IfKnown<Callable<ApiOf<Q>>, P, Mapped<ResultOf<SpecOf<Callable<ApiOf<Q>>, P>>>, R>
>;
export function callStream(
  requester: Calls,
  procedure: unknown,
  ...[args, kwargs, options]: unknown[]
): CallStream<unknown, unknown> {
  checkGiven('callStream of a connection or session', requester, 'callResult');
  checkGiven('options of callStream to be an object', options ?? {});
  return new Calling(requester, procedure, args, kwargs, (options ?? {}) as CallOptions & BufferOptions);
}

class Calling extends StreamBuffer<unknown> implements CallStream<unknown, unknown> {
  readonly result: Promise<unknown>;

  constructor(requester: Calls, procedure: unknown, args: unknown, kwargs: unknown, options: CallOptions & BufferOptions) {
    const { signal, maxBuffered, onOverflow, onSlow, onProgress, ...rest } = options;
    if (onProgress) checkGiven('onProgress to be a function', onProgress, 'call');
    const controller = new AbortController();
    const left = (): ApplicationError =>
      new ApplicationError('wamp.error.canceled', [`the stream of ${String(procedure)} was left`]);
    const source = {
      what: `progressive results of ${String(procedure)}`,
      signal,
      release: (why: unknown) => controller.abort(why ?? left()),
    };
    super({ maxBuffered, onOverflow, onSlow }, source);
    if (signal?.aborted) this.abort(reasonOf(signal));
    this.result = requester.call(procedure, args, kwargs, {
      ...rest,
      signal: controller.signal,
      onProgress: (value: unknown) => {
        // Either may be a promise, and is looked at for its rejection.
        const slow = this.push(value);
        const told: unknown = onProgress?.(value);
        return slow || told ? Promise.all([slow, told]) : undefined;
      },
    });
    this.result.then(
      () => this.end(),
      (error: unknown) => this.end({ error }),
    );
  }
}
