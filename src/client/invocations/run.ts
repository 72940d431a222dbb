/*
 * One invocation that runs here: its signal, its progress, its further inputs, its time, and how it may still answer. What the endpoint
 * sees of it sits on the prototype of its details; the AbortController is made when somebody reads the signal (it would cost more than
 * the rest of the call).
 */
import type { Clock } from '../../clock.ts';
import type { WampError } from '../../errors.ts';
import type { Dict, Id, Uri } from '../../words.ts';
import { FurtherInputs } from './further-inputs.ts';

export class Run {
  readonly request: Id;
  readonly procedure: Uri;
  /** Of a progressive call. */
  inputs: FurtherInputs | undefined;
  /** The last input has not come. */
  hasMore = false;
  /** Beside the signal. */
  onStop: (() => void) | undefined;
  /** WAMP "Call Timeout": the time begins anew. Undefined: it is not watched here. */
  restart: (() => void) | undefined;
  private disarm: (() => void) | undefined;
  private controller: AbortController | undefined;
  private why: WampError | undefined;

  constructor(request: Id, procedure: Uri) {
    this.request = request;
    this.procedure = procedure;
  }

  /** Why it was stopped, if it was. */
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

  get furtherInputs(): AsyncIterable<unknown> {
    if (!this.inputs) {
      this.inputs = new FurtherInputs();
      if (this.why) this.inputs.fail(this.why);
      else this.inputs.end();
    }
    return this.inputs.iterable();
  }

  /** WAMP "Call Timeout", left to the callee: time to the first answer, and then from each to the next. */
  watch(clock: Clock, timeoutMs: number, onTimeout: () => void): void {
    let timer: unknown;
    this.restart = () => {
      clock.clearTimeout(timer);
      timer = clock.setTimeout(onTimeout, timeoutMs);
    };
    this.disarm = () => clock.clearTimeout(timer);
    this.restart();
  }

  stop(why: WampError): void {
    if (this.why) return;
    this.why = why;
    this.inputs?.fail(why);
    this.onStop?.();
    this.controller?.abort(why);
  }

  /** It is answered, or nobody waits for its answer. */
  end(): void {
    this.disarm?.();
    this.restart = undefined;
    this.inputs?.discard();
  }

  /** What to answer with: who lets an aborted `fetch` fail means the reason, whatever the platform makes of it. */
  answerFor(thrown: unknown): unknown {
    const isAbort = typeof thrown === 'object' && thrown !== null && 'name' in thrown && thrown.name === 'AbortError';
    return this.why && isAbort ? this.why : thrown;
  }
}

/** Members of ours, which a key of the wire must not stand in for. */
const OURS: readonly string[] = ['registration', 'signal', 'sendProgress', 'furtherInputs'];

/**
 * The endpoint's details: those of the wire, with ours on the prototype. One class for all, since a prototype of its own for each
 * invocation doubled what a call costs. `#run` and not `private`: the endpoint sees what it is given as a plain object.
 */
export class Details {
  [key: string]: unknown;
  readonly registration: Id;
  readonly procedure: Uri;
  readonly #run: Run;
  readonly #send: (run: Run, value: unknown) => boolean;

  constructor(wire: Dict, registration: Id, run: Run, send: (run: Run, value: unknown) => boolean) {
    this.registration = registration;
    this.procedure = run.procedure;
    this.#run = run;
    this.#send = send;
    for (const key in wire) if (!OURS.includes(key)) this[key] = wire[key];
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }

  get furtherInputs(): AsyncIterable<unknown> {
    return this.#run.furtherInputs;
  }

  /** A function of its own, so that it can be taken out of the details. */
  get sendProgress(): (value: unknown) => boolean {
    return (value) => this.receive_progress === true && this.#send(this.#run, value);
  }
}
