/*
 * What programs print, compare and take apart: results, errors, details of events and invocations, each with exactly the enumerable keys that it has in
 * Autobahn|JS. And how they come from, and become, ours.
 */
import { ApplicationError, type EventDetails, type InvocationDetails, Result } from '../index.ts';
import type { Any } from './any.ts';

class AutobahnResult {
  args: Any[];
  kwargs: Any;
  constructor(args?: Any[], kwargs?: Any) {
    this.args = args || [];
    this.kwargs = kwargs || {};
  }
}

/** Not a JavaScript Error: programs look at `error`, `args` and `kwargs`, and print them. */
class AutobahnError {
  error: string;
  args: Any[];
  kwargs: Any;
  constructor(error: string, args?: Any[], kwargs?: Any) {
    this.error = error;
    this.args = args || [];
    this.kwargs = kwargs || {};
  }
}

class AutobahnEvent {
  publication: number;
  topic: string;
  publisher: number | undefined;
  publisher_authid: string | undefined;
  publisher_authrole: string | undefined;
  retained: boolean;
  forward_for: Any;
  constructor(
    publication: number,
    topic: string,
    publisher?: number,
    publisher_authid?: string,
    publisher_authrole?: string,
    retained = false,
    forward_for?: Any,
  ) {
    this.publication = publication;
    this.topic = topic;
    this.publisher = publisher;
    this.publisher_authid = publisher_authid;
    this.publisher_authrole = publisher_authrole;
    this.retained = retained;
    this.forward_for = forward_for;
  }
}

class Invocation {
  procedure: string;
  progress: ((args?: Any[], kwargs?: Any) => void) | null;
  caller: number | undefined;
  caller_authid: string | undefined;
  caller_authrole: string | undefined;
  constructor(
    procedure: string,
    progress: Invocation['progress'],
    caller?: number,
    caller_authid?: string,
    caller_authrole?: string,
  ) {
    this.procedure = procedure;
    this.progress = progress;
    this.caller = caller;
    this.caller_authid = caller_authid;
    this.caller_authrole = caller_authrole;
  }
}

class Publication {
  id: number;
  constructor(id: number) {
    this.id = id;
  }
}

export { AutobahnError, AutobahnEvent, AutobahnResult, Invocation, Publication };

/** What a call resolves with: nothing is null, one positional value is that value. */
export function toAutobahn({ args, kwargs }: Result): unknown {
  if (args.length > 1 || Object.keys(kwargs).length > 0) return new AutobahnResult(args as Any[], kwargs);
  return args.length > 0 ? args[0] : null;
}

/** The same of a value that our client has mapped already. */
export function progressToAutobahn(value: unknown): unknown {
  return value instanceof Result ? toAutobahn(value) : (value ?? null);
}

interface WithUri {
  readonly uri: string;
  readonly message: string;
  readonly args?: Any[];
  readonly kwargs?: Any;
}

/** What a promise is rejected with. Other copies of this package have other classes, so it goes by the shape. */
export function errorToAutobahn(thrown: unknown): unknown {
  const { uri, message, args, kwargs } = thrown as WithUri;
  return uri ? new AutobahnError(uri, args ?? [message], kwargs) : thrown;
}

/** What an endpoint returned. `undefined` is one value, too. */
export function resultToNative(value: unknown): Result {
  return value instanceof AutobahnResult ? new Result(value.args, value.kwargs) : new Result([value]);
}

/** What an endpoint threw. Of a JavaScript Error the message travels, where Autobahn|JS sends an empty object. */
export function errorToNative(thrown: unknown): ApplicationError {
  if (thrown instanceof AutobahnError) return new ApplicationError(thrown.error, thrown.args, thrown.kwargs);
  return new ApplicationError('wamp.error.runtime_error', [thrown instanceof Error ? thrown.message : thrown]);
}

export function eventToAutobahn(details: EventDetails, topic: string): AutobahnEvent {
  const { publication, publisher, publisher_authid, publisher_authrole, retained } = details;
  const { forward_for } = details as { forward_for?: Any };
  return new AutobahnEvent(publication, topic, publisher, publisher_authid, publisher_authrole, retained, forward_for);
}

export function invocationToAutobahn(details: InvocationDetails, procedure: string): Invocation {
  const { caller, caller_authid, caller_authrole, receive_progress } = details;
  const progress = receive_progress
    ? (args?: Any[], kwargs?: Any): void => void details.sendProgress(new Result(args || [], kwargs || {}))
    : null;
  return new Invocation(procedure, progress, caller, caller_authid, caller_authrole);
}
