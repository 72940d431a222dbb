/*
 * One invocation that runs here: its signal, its time, and how it may still answer. What the endpoint sees of it sits on the prototype of
 * its details; the AbortController is made when the signal is first read (it would cost more than the rest of the call).
 */
import type { Clock } from '../../base/clock.ts';
import type { WampError } from '../../base/errors.ts';
import type { Dict, Id, Uri } from '../../base/words.ts';
import type { InputsTaken, KernelInvocation } from '../kernel/kernel.ts';

export class RunningInvocation implements KernelInvocation {
  readonly request: Id;
  readonly procedure: Uri;
  /** WAMP "Call Timeout": the time begins again. Undefined: it is not limited here. */
  restart: (() => void) | undefined;
  private watchers: ((why?: WampError) => void)[] | undefined;
  private controller: AbortController | undefined;
  private why: WampError | undefined;

  constructor(request: Id, procedure: Uri) {
    this.request = request;
    this.procedure = procedure;
  }

  get stopped(): WampError | undefined {
    return this.why;
  }

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.why) this.controller.abort(this.why);
    }
    return this.controller.signal;
  }

  watch(listener: (why?: WampError) => void): void {
    this.watchers ??= [];
    this.watchers.push(listener);
  }

  /** WAMP "Call Timeout", left to the callee: time to the first answer, and then from each to the next. */
  limit(clock: Clock, timeoutMs: number, onTimeout: () => void): void {
    let timer: unknown;
    this.restart = () => {
      clock.clearTimeout(timer);
      timer = clock.setTimeout(onTimeout, timeoutMs);
    };
    this.watch((why) => why ?? clock.clearTimeout(timer));
    this.restart();
  }

  stop(why: WampError): void {
    if (this.why) return;
    this.why = why;
    this.tell(why);
    this.controller?.abort(why);
  }

  /** It is answered, or nobody waits for its answer. */
  end(): void {
    this.restart = undefined;
    this.tell();
  }

  private tell(why?: WampError): void {
    if (this.watchers) for (const listener of this.watchers) listener(why);
  }

  /** What to answer with: an endpoint that lets an aborted `fetch` fail means the reason of the abort, whatever the platform makes of it. */
  answerFor(thrown: unknown): unknown {
    const isAbort = typeof thrown === 'object' && thrown !== null && 'name' in thrown && thrown.name === 'AbortError';
    return this.why && isAbort ? this.why : thrown;
  }
}

/** Members of `Details`, which a key of the wire must not replace. */
const OURS: readonly string[] = ['registration', 'signal', 'sendProgress', 'furtherInputs'];

/** What the details need of the session. */
interface Surroundings {
  readonly inputs: InputsTaken | undefined;
  progress(invocation: RunningInvocation, value: unknown): boolean;
}

/**
 * The endpoint's details: those of the wire, with ours on the prototype. One class for all, since a prototype of its own for each
 * invocation doubled what a call costs. `#invocation` and not `private`: the endpoint sees what it is given as a plain object.
 */
export class Details {
  [key: string]: unknown;
  readonly registration: Id;
  readonly procedure: Uri;
  readonly #invocation: RunningInvocation;
  readonly #around: Surroundings;

  constructor(wire: Dict, registration: Id, invocation: RunningInvocation, around: Surroundings) {
    this.registration = registration;
    this.procedure = invocation.procedure;
    this.#invocation = invocation;
    this.#around = around;
    for (const key in wire) if (!OURS.includes(key)) this[key] = wire[key];
  }

  get signal(): AbortSignal {
    return this.#invocation.signal;
  }

  /** Undefined without the feature `progressiveInputs`. */
  get furtherInputs(): AsyncIterable<unknown> {
    return this.#around.inputs?.iterable(this.#invocation) as AsyncIterable<unknown>;
  }

  /** A function of its own, so that it can be taken out of the details. */
  get sendProgress(): (value: unknown) => boolean {
    return (value) => this.receive_progress === true && this.#around.progress(this.#invocation, value);
  }
}
