/**
 * Contracts that are also checked at run time, by schemas of any library: `defineContract({ … })` is a middleware that carries its type.
 *
 * @module
 */

import { checkOptions, dict, oneOf } from '../base/options.ts';
import { isThenable } from '../base/words.ts';
import { Result } from '../client/api/result.ts';
import { defineInnermost } from '../client/features/middleware/middleware.ts';
import type { CallOptions, Contract, InvocationDetails } from '../index.ts';
import { after, check, checkPayload } from './check.ts';
import { finder } from './finder.ts';
import type { ApiOf, ContractDefinition, ProcedureSchema, Schema, TopicSchema } from './schema.ts';

export type * from './schema.ts';

export interface CheckOptions {
  /** Which payloads are checked. Default `incoming`. */
  readonly check?: 'incoming' | 'both' | undefined;
}
/** What `defineContract` returns. */
export interface SchemaContract<D extends ContractDefinition> extends Contract<ApiOf<D>> {
  /** The schemas that it was given, for what describes a contract, such as the OpenAPI document of an HTTP bridge. */
  readonly definition: D;
}
/** The types of a contract: `Connection<InferApi<typeof shop>>`. */
export type InferApi<C> = C extends Contract<infer Api> ? Api : never;

/**
 * A contract of schemas, for `ConnectionOptions.contract`: the connection has its types, and incoming payloads are checked.
 *
 * An invocation that does not fit is answered `wamp.error.invalid_argument` with the issues; a result that does not fit rejects the call
 * with the same; an event or progressive result that does not fit is dropped and reported to `on('error')`. Handlers and callers get the
 * output of the schema. With `check: 'both'` outgoing payloads are checked as well, and sent unchanged. URIs outside the contract pass: the
 * compiler refuses them, and libraries may use their own.
 *
 * @param definition - Schemas by URI; sync or async ones (then the order of events is that in which the checks end).
 * @example
 * const shop = defineContract({
 *   procedures: { 'com.shop.price': { args: z.tuple([z.string()]), result: z.number() } },
 *   topics: { 'com.shop.opened': { kwargs: z.object({ at: z.string() }) } },
 * });
 * const connection = new Connection({ url, realm: 'shop', contract: shop });
 * @throws TypeError for a key that is neither a URI nor a wildcard, for a value that is not a schema, for a schema that has no meaning (a topic has no `result`),
 * and for options that do not exist.
 */
export function defineContract<const D extends ContractDefinition>(definition: D, options: CheckOptions = {}): SchemaContract<D> {
  checkOptions('defineContract', options, { check: oneOf('incoming', 'both') });
  checkOptions('defineContract', definition, { procedures: dict, topics: dict });
  const procedureOf = finder<ProcedureSchema>('procedures', definition.procedures);
  const topicOf = finder<TopicSchema>('topics', definition.topics);
  const checksOut = options.check === 'both';
  return Object.assign(
    defineInnermost({
      async call(context, next) {
        const { procedure } = context;
        const schema = procedureOf(procedure);
        if (!schema) return next(context);
        if (checksOut) await checkPayload(procedure, schema, context);
        const result = await next({ ...context, options: callOptions(procedure, schema, context.options, checksOut) });
        return after(check(procedure, 'result', schema.result, bare(result)), (value) => whole(value, result));
      },
      publish(context, next) {
        const schema = checksOut ? topicOf(context.topic) : undefined;
        const checked = schema && checkPayload(context.topic, schema, context);
        return after(checked, () => next(context)) as ReturnType<typeof next>;
      },
      async invocation(context, next) {
        const { procedure } = context.details;
        const schema = procedureOf(procedure);
        if (!schema) return next(context);
        const details = invocationDetails(procedure, schema, context.details, checksOut);
        // Awaited only if it is a promise, so that the order of invocations is kept.
        const checked = checkPayload(procedure, schema, context);
        const result = await after(checked, (fit) => next({ ...fit, details }));
        if (checksOut) await check(procedure, 'result', schema.result, bare(result));
        return result;
      },
      event(context, next) {
        const { topic } = context.details;
        const schema = topicOf(topic);
        return schema ? after(checkPayload(topic, schema, context), (fit) => next({ ...context, ...fit })) : next(context);
      },
    }),
    { definition },
  );
}

/** The value that `call` would resolve with for a `Result`. */
function bare(result: Result): unknown {
  return result.args.length > 1 || Object.keys(result.kwargs).length > 0 ? result : result.args[0];
}

/** The `Result` with the output of the schema. */
function whole(value: unknown, result: Result): Result {
  const given = bare(result);
  if (value === given) return result;
  const { args, kwargs } =
    given === result || value instanceof Result ? (value as Result) : new Result(value === undefined ? [] : [value]);
  return new Result(args, kwargs, result.details);
}

function callOptions(
  procedure: string,
  { progress, input }: ProcedureSchema,
  options: CallOptions,
  checksOut: boolean,
): CallOptions {
  const { onProgress, inputsFrom } = options;
  return {
    ...options,
    ...(progress && onProgress ? { onProgress: (value) => after(check(procedure, 'progress', progress, value), onProgress) } : {}),
    ...(checksOut && input && inputsFrom ? { inputsFrom: outputs(procedure, input, inputsFrom) } : {}),
  };
}

function invocationDetails(
  procedure: string,
  { progress, input }: ProcedureSchema,
  details: InvocationDetails,
  checksOut: boolean,
): InvocationDetails {
  if (!input && !(checksOut && progress)) return details;
  return {
    ...details,
    get furtherInputs() {
      return input ? inputs(procedure, input, details.furtherInputs) : details.furtherInputs;
    },
    sendProgress(value) {
      const checked = checksOut ? check(procedure, 'progress', progress, value) : value;
      if (isThenable(checked)) {
        checked.then(undefined, () => {});
        throw new TypeError(`expected a sync schema for the progress of ${procedure}, got an async one`);
      }
      return details.sendProgress(value);
    },
  };
}

async function* inputs(procedure: string, schema: Schema, from: AsyncIterable<unknown>): AsyncGenerator<unknown> {
  for await (const input of from) yield await check(procedure, 'input', schema, input);
}

async function* outputs(
  procedure: string,
  schema: Schema,
  from: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<unknown> {
  for await (const input of from) {
    await check(procedure, 'input', schema, input);
    yield input;
  }
}
