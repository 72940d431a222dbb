/*
 * WAMP "Progressive Call Invocations", the caller's side: takes the inputs from an iterable, one by one, and sends each as a CALL with the
 * id of the first. The last CALL is empty: by then the iterable has said that there are no more.
 */

import { isDict, show } from '../../../base/checks.ts';
import { ApplicationError } from '../../../base/errors.ts';
import type { Dict, Id, Uri } from '../../../base/words.ts';
import { Code, type Payload, type ResultMessage } from '../../../protocol/messages.ts';
import type { CallOptions } from '../../api/options.ts';
import { toPayload } from '../../api/result.ts';
import type { CallPart, Kernel, KernelSession } from '../../kernel/kernel.ts';
import { createPace } from '../../kernel/pace.ts';
import type { Settle } from '../../kernel/settle.ts';
import { pack } from '../../roles/packing.ts';

type AnyIterator = AsyncIterator<unknown> | Iterator<unknown>;

/**
 * Refuses what cannot work, before anything is sent.
 *
 * @throws {@link ApplicationError} `wamp.error.feature_not_supported` when the router did not announce what it takes.
 * @throws TypeError for options that cannot be.
 */
function checkInputs({ inputsFrom, maxInputsAhead }: CallOptions, { features: { dealer } }: KernelSession): void {
  if (
    typeof inputsFrom !== 'object' ||
    inputsFrom === null ||
    !(Symbol.asyncIterator in inputsFrom || Symbol.iterator in inputsFrom)
  )
    throw new TypeError(`expected inputsFrom to be an iterable, got ${isDict(inputsFrom) ? 'an object' : show(inputsFrom)}`);
  if (maxInputsAhead !== undefined && !(Math.floor(maxInputsAhead) === maxInputsAhead && maxInputsAhead >= 1))
    throw new TypeError(`expected maxInputsAhead to be a whole number from 1, got ${show(maxInputsAhead)}`);
  const needed = ['progressive_call_invocations', ...(maxInputsAhead === undefined ? [] : ['progressive_call_results'])];
  for (const feature of needed)
    if (!dealer?.[feature])
      throw new ApplicationError('wamp.error.feature_not_supported', [`the router did not announce ${feature}`]);
}

export class OutgoingInputs implements CallPart {
  readonly wire: Dict;
  private readonly kernel: Kernel;
  private readonly session: KernelSession;
  private readonly procedure: Uri;
  private readonly from: AsyncIterable<unknown> | Iterable<unknown>;
  private readonly maxAhead: number;
  /** Inputs sent, less progressive results that came back. */
  private ahead = 0;
  private iterator: AnyIterator | undefined;
  private isOver = false;
  private wake: (() => void) | undefined;

  constructor(kernel: Kernel, session: KernelSession, procedure: Uri, options: CallOptions) {
    checkInputs(options, session);
    const { inputsFrom = [], maxInputsAhead } = options;
    this.wire = maxInputsAhead ? { progress: true, receive_progress: true } : { progress: true };
    this.kernel = kernel;
    this.session = session;
    this.procedure = procedure;
    this.from = inputsFrom;
    this.maxAhead = maxInputsAhead ?? Number.POSITIVE_INFINITY;
  }

  /** With the call's end, whichever way, ends the sending. */
  around(settle: Settle<ResultMessage>): Settle<ResultMessage> {
    return {
      resolve: (result) => {
        this.stop();
        settle.resolve(result);
      },
      reject: (error) => {
        this.stop();
        settle.reject(error);
      },
      progress: (result) => {
        this.ahead--;
        this.wake?.();
        settle.progress?.(result);
      },
    };
  }

  /** `giveUp`: the iterable threw, or gave what cannot be sent. */
  async sent(request: Id, wire: Dict, giveUp: (error: unknown) => void): Promise<void> {
    const { from, kernel, session, procedure } = this;
    const send = (options: Dict, { args, kwargs }: Payload): void =>
      session.link.send({ type: Code.CALL, request, options, procedure, args, kwargs });
    try {
      const iterator = Symbol.asyncIterator in from ? from[Symbol.asyncIterator]() : from[Symbol.iterator]();
      this.iterator = iterator;
      const pace = createPace(kernel.clock, session.link);
      for (;;) {
        await pace();
        while (this.ahead >= this.maxAhead && !this.isOver) await this.answered();
        if (this.isOver) return;
        const step = await this.pull(iterator);
        if (this.isOver) return;
        if (step.done) break;
        this.ahead++;
        const payload = toPayload(step.value);
        send({ progress: true }, wire.ppt_scheme ? pack({ kernel, features: session.features }, 'dealer', wire, payload) : payload);
      }
      send({}, {});
    } catch (error) {
      if (!this.isOver) giveUp(error); // else the call has its outcome already
    }
  }

  private async pull(iterator: AnyIterator): Promise<IteratorResult<unknown>> {
    try {
      const step = await iterator.next();
      if (typeof step !== 'object' || step === null)
        throw new TypeError(`expected inputsFrom to give { value, done }, as iterators do, got ${show(step)}`);
      if (step.done) this.iterator = undefined;
      return step;
    } catch (error) {
      this.iterator = undefined;
      throw error;
    }
  }

  private answered(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.wake?.();
    const { iterator, kernel, procedure } = this;
    const report = (error: unknown): void => kernel.report(error, 'input', procedure);
    try {
      Promise.resolve(iterator?.return?.()).then(undefined, report);
    } catch (error) {
      report(error);
    }
  }
}
