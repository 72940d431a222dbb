/* Results, errors and details: from Autobahn's classes (classes.ts) to ours, and back. */
import { ApplicationError, type EventDetails, type InvocationDetails, Result, WampError } from '../../index.ts';
import type { Any } from '../base/any.ts';
import { toPayload } from '../native/native.ts';
import { Error as AutobahnError, Event as AutobahnEvent, Result as AutobahnResult, Invocation } from './classes.ts';

const RUNTIME_ERROR = 'wamp.error.runtime_error';

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
  readonly message: unknown;
  readonly args?: Any;
  readonly kwargs?: Any;
}

function hasUri(thrown: unknown): thrown is WithUri {
  return typeof thrown === 'object' && thrown !== null && 'uri' in thrown && typeof thrown.uri === 'string';
}

/** What a promise is rejected with. Other copies of this package have other classes, so it goes by the shape. */
export function errorToAutobahn(thrown: unknown): unknown {
  return hasUri(thrown) ? new AutobahnError(thrown.uri, thrown.args ?? [thrown.message], thrown.kwargs) : thrown;
}

/** What an endpoint returned, also a `Result` of either API, and of any copy of this package. `undefined` is one value, too. */
export function resultToNative(value: unknown): Result {
  if (value instanceof AutobahnResult) return new Result(value.args, value.kwargs); // its arguments may be no list: then the call fails
  const { args = [value], kwargs, details } = toPayload(value);
  return new Result(args ?? [], kwargs ?? {}, details);
}

/**
 * What an endpoint threw. Of a JavaScript Error the message travels, where Autobahn|JS sends an empty object. The URI of an `autobahn.Error` need not be
 * one, so it is put into the message when that goes out (`uriOf`).
 */
export function errorToNative(thrown: unknown): WampError {
  if (thrown instanceof WampError) return thrown;
  if (thrown instanceof AutobahnError) {
    const { args, kwargs } = thrown;
    return new ApplicationError(RUNTIME_ERROR, Array.isArray(args) ? args : [args], kwargs);
  }
  return new ApplicationError(RUNTIME_ERROR, [thrown instanceof Error ? thrown.message : thrown]);
}

/** Undefined if its URI is not a text. */
export function uriOf(thrown: unknown): string | undefined {
  return thrown instanceof AutobahnError && typeof thrown.error === 'string' ? thrown.error : undefined;
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
