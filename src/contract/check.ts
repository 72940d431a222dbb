/*
 * Checks values against schemas, sync ones at once, and makes an error of the issues.
 */
import { ApplicationError } from '../base/errors.ts';
import { type Awaitable, type Dict, isThenable } from '../base/words.ts';
import type { Schema, SchemaResult, TopicSchema } from './schema.ts';

/** The name of the checked part, for the text of the error. */
export type Part = 'args' | 'kwargs' | 'result' | 'progress' | 'input';

/**
 * The output of the schema.
 *
 * @throws {@link ApplicationError} `wamp.error.invalid_argument` with the issues: at once for a sync schema, later for an async one.
 */
export function check<T>(uri: string, part: Part, schema: Schema<T> | undefined, value: T): Awaitable<T> {
  if (!schema) return value;
  const take = (result: SchemaResult<T>): T => {
    if (!result.issues) return result.value;
    const issues = result.issues.map(({ message, path = [] }) => ({
      message,
      path: [part, ...path.map((step) => (typeof step === 'object' && step !== null && 'key' in step ? step.key : step))],
    }));
    const said = issues.map(({ message, path }) => `${path.map(String).join('.')}: ${message}`);
    throw new ApplicationError('wamp.error.invalid_argument', [`${uri} does not fit the contract: ${said.join('; ')}`], { issues });
  };
  const result = schema['~standard'].validate(value);
  return isThenable(result) ? result.then(take) : take(result);
}

/** Continues with a value: at once if it is not a promise. */
export function after<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return isThenable(value) ? value.then(next) : next(value);
}

interface Payload {
  readonly args: readonly unknown[];
  readonly kwargs: Dict;
}

/** Arguments and keywords, as the output of their schemas. */
export function checkPayload(uri: string, schema: TopicSchema, given: Payload): Awaitable<Payload> {
  return after(check(uri, 'args', schema.args, given.args), (args) =>
    after(check(uri, 'kwargs', schema.kwargs, given.kwargs), (kwargs) => ({ args, kwargs })),
  );
}
