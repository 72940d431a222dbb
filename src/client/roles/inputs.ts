/*
 * WAMP "Progressive Call Invocations", the caller's side: takes the inputs from an iterable, one by one, and sends each as a CALL with the
 * id of the first. The last CALL is empty: by then the iterable has said that there are no more.
 */
import { ApplicationError } from '../../errors.ts';
import { isDict, show } from '../../protocol/checks.ts';
import { Code, type Payload, type ResultMessage } from '../../protocol/messages.ts';
import type { Dict, Id, Uri } from '../../words.ts';
import type { CallOptions } from '../api/options.ts';
import { toPayload } from '../api/result.ts';
import { Pace } from '../core/pace.ts';
import { pack } from '../core/passthru.ts';
import type { Settle } from '../core/requests.ts';
import type { Role } from '../core/role.ts';

type AnyIterator = AsyncIterator<unknown> | Iterator<unknown>;

/**
 * Refuses what cannot work, before anything is sent.
 *
 * @throws {@link ApplicationError} `wamp.error.feature_not_supported` when the router did not announce what it takes.
 * @throws TypeError for options that are none.
 */
export function checkInputs({ inputsFrom, maxInputsAhead }: CallOptions, { features: { dealer } }: Role): void {
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

export class Inputs {
  private readonly role: Role;
  private readonly request: Id;
  private readonly procedure: Uri;
  /** The options of the first CALL, which hold for all. */
  private readonly options: Dict;
  private readonly maxAhead: number;
  /** Inputs sent, less progressive results that came back. */
  private ahead = 0;
  private iterator: AnyIterator | undefined;
  private isOver = false;
  private wake: (() => void) | undefined;

  constructor(role: Role, request: Id, procedure: Uri, options: Dict, maxAhead: number | undefined) {
    this.role = role;
    this.request = request;
    this.procedure = procedure;
    this.options = options;
    this.maxAhead = maxAhead ?? Number.POSITIVE_INFINITY;
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

  /** The first CALL has gone out. `fail`: the iterable threw, or gave what cannot be sent. */
  async run(from: AsyncIterable<unknown> | Iterable<unknown>, fail: (error: unknown) => void): Promise<void> {
    try {
      const iterator = Symbol.asyncIterator in from ? from[Symbol.asyncIterator]() : from[Symbol.iterator]();
      this.iterator = iterator;
      const pace = new Pace(this.role);
      for (;;) {
        await pace.next();
        while (this.ahead >= this.maxAhead && !this.isOver) await this.answered();
        if (this.isOver) return;
        const step = await this.pull(iterator);
        if (this.isOver) return;
        if (step.done) break;
        this.ahead++;
        const payload = toPayload(step.value);
        this.send({ progress: true }, this.options.ppt_scheme ? pack(this.role, 'dealer', this.options, payload) : payload);
      }
      this.send({}, {});
    } catch (error) {
      if (!this.isOver) fail(error); // else the call has its outcome already
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

  private send(options: Dict, { args, kwargs }: Payload): void {
    const { request, procedure } = this;
    this.role.link.send({ type: Code.CALL, request, options, procedure, args, kwargs });
  }

  private stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.wake?.();
    const { iterator, role, procedure } = this;
    const report = (error: unknown): void => role.report(error, 'input', procedure);
    try {
      Promise.resolve(iterator?.return?.()).then(undefined, report);
    } catch (error) {
      report(error);
    }
  }
}
