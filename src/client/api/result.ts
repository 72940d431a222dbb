/*
 * Results, and how a payload becomes a value: one positional result and no keywords is that bare value, nothing is undefined, all else
 * is a `Result`. And back: what an endpoint returns.
 */

import type { Dict } from '../../base/words.ts';
import { hasKeys } from '../../protocol/codec.ts';
import type { Payload } from '../../protocol/messages.ts';

/** Several positional values, or keywords. Return one from an endpoint; `call` gives one where a bare value would lie. */
export class Result<out A extends readonly unknown[] = readonly unknown[], out K extends object = {}> {
  readonly args: A;
  readonly kwargs: K;
  /** RESULT.Details, verbatim; empty on results made here. Of one that an endpoint returns, `ppt_*` goes out as YIELD.Options. */
  readonly details: Dict;

  // So that TypeScript before 5.9 takes a list for the tuple that an endpoint has to return.
  constructor(args?: readonly [...A], kwargs?: K, details?: Dict);
  constructor(args?: A, kwargs?: K, details?: Dict);
  constructor(args?: A, kwargs?: K, details: Dict = {}) {
    // Empty is what absent means on the wire (WAMP "Application Payloads"); the types say so by their defaults.
    this.args = (args ?? []) as A;
    this.kwargs = (kwargs ?? {}) as K;
    this.details = details;
  }
}

/** What `call` resolves with. */
export function toValue({ args, kwargs }: Payload, details: Dict): unknown {
  if (kwargs !== undefined && hasKeys(kwargs)) return new Result(args, kwargs, details);
  if (args === undefined || args.length === 0) return undefined;
  return args.length === 1 ? args[0] : new Result(args, kwargs, details);
}

/** The same, of an answer. */
export function toValueOf(answer: Payload & { readonly details: Dict }): unknown {
  return toValue(answer, answer.details);
}

/** What `callResult` resolves with. */
export function toResult({ args, kwargs, details }: Answer): Result {
  return new Result(args, kwargs, details);
}

/** What an endpoint answers with: a payload, and the details of its `Result` or `ApplicationError`. */
export interface Answer extends Payload {
  readonly details?: Dict | undefined;
}

/** What an endpoint returned, as payload and perhaps details. A `Result` of another copy of this package is known by its shape. */
export function toPayload(value: unknown): Answer {
  if (value === undefined) return {};
  if (value instanceof Result || isForeignResult(value))
    return { args: value.args, kwargs: value.kwargs as Dict, details: value.details };
  return { args: [value] };
}

function isForeignResult(value: unknown): value is Result {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) === Object.prototype) return false;
  return (
    value.constructor?.name === 'Result' && 'args' in value && Array.isArray(value.args) && 'kwargs' in value && 'details' in value
  );
}

/**
 * What `call` resolves with. One positional value and no keywords: that value. Nothing at all: undefined. Else the `Result`.
 * For a `Result` of varying length the shape depends on the payload, and this type says so; use `callResult` there.
 */
export type Mapped<R> =
  R extends Result<infer A, infer K>
    ? {} extends K
      ? number extends A['length']
        ? Result<A, K> | A[number] | undefined
        : A['length'] extends 0
          ? undefined
          : A['length'] extends 1
            ? A[0]
            : Result<A, K>
      : Result<A, K>
    : R;
