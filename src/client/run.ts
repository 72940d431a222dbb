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

/** The endpoint's details: those of the wire, and what is ours behind them. */
export function withMembers(details: Dict, run: Run, sendProgress: (value: unknown) => boolean): Dict {
  const own = details as { signal?: unknown };
  delete own.signal; // a key of the wire must not stand in for ours
  return Object.setPrototypeOf(own, {
    get signal() {
      return run.signal;
    },
    sendProgress,
  });
}
