/*
 * One invocation that runs here: its signal, its progress, and how it may still answer. What the endpoint sees of it sits on the prototype
 * of its details; the AbortController is made when somebody reads the signal (it would cost more than the rest of the call).
 */
import type { WampError } from '../errors.ts';
import type { Dict, Id, Uri } from '../words.ts';

export class Run {
  readonly request: Id;
  readonly procedure: Uri;
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

  stop(why: WampError): void {
    this.why ??= why;
    this.controller?.abort(why);
  }

  /** What to answer with: who lets an aborted `fetch` fail means the reason, whatever the platform makes of it. */
  answerFor(thrown: unknown): unknown {
    const isAbort = typeof thrown === 'object' && thrown !== null && 'name' in thrown && thrown.name === 'AbortError';
    return this.why && isAbort ? this.why : thrown;
  }
}

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
    // A key of the wire must not stand in for one of ours.
    for (const key in wire) if (key !== 'signal' && key !== 'sendProgress' && key !== 'registration') this[key] = wire[key];
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }

  /** A function of its own, so that it can be taken out of the details. */
  get sendProgress(): (value: unknown) => boolean {
    return (value) => this.receive_progress === true && this.#send(this.#run, value);
  }
}
