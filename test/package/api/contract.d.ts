/// <reference lib="esnext.disposable" />
import { Contract } from './index.js';
import { WildcardTemplate } from './index.js';
import './types/words.js';
import './types/uri.js';

/**
 * A schema of any library (zod, valibot, ArkType …), as https://standardschema.dev has it; the part we use. Input and output must be one
 * type: the other end may be a Python program without your transforms.
 */
interface Schema<T = unknown> {
    readonly '~standard': {
        readonly version: 1;
        readonly vendor: string;
        readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
        readonly types?: {
            readonly input: T;
            readonly output: T;
        } | undefined;
    };
}
type SchemaResult<T> = {
    readonly value: T;
    readonly issues?: undefined;
} | {
    readonly issues: readonly SchemaIssue[];
};
interface SchemaIssue {
    readonly message: string;
    /** Keys from the outside in, or objects that have one. */
    readonly path?: readonly unknown[] | undefined;
}
type Of<S> = S extends {
    readonly '~standard': {
        readonly types?: {
            readonly output: infer T;
        } | undefined;
    };
} ? T : never;
/** A part without a schema is not checked, and is empty in the types. */
interface ProcedureSchema {
    /** The schema of the list of positional arguments: a tuple. */
    readonly args?: Schema<any>;
    readonly kwargs?: Schema<any>;
    /** The schema of the value that `call` resolves with: the bare value, or the `Result` if there is more than one value. */
    readonly result?: Schema<any>;
    /** The schema of one progressive result, as `onProgress` gets it. */
    readonly progress?: Schema<any>;
    /** The schema of one further input, as the endpoint gets it. */
    readonly input?: Schema<any>;
}
interface TopicSchema {
    readonly args?: Schema<any>;
    readonly kwargs?: Schema<any>;
}
/** URIs and their schemas. Keys with empty components are wildcards: `chess.player..move`. An exact URI comes before all wildcards; of several wildcards the first that matches is used. */
interface ContractDefinition {
    readonly procedures?: {
        readonly [uri: string]: ProcedureSchema;
    };
    readonly topics?: {
        readonly [uri: string]: TopicSchema;
    };
}
/** The types of a map of schemas. */
type Specs<M> = {
    readonly [K in keyof M as K extends string ? WildcardTemplate<K> : never]: {
        readonly [F in keyof M[K]]: Of<M[K][F]>;
    };
};
/** The types of a definition. */
type ApiOf<D> = {
    readonly procedures: D extends {
        readonly procedures: infer P;
    } ? Specs<P> : {};
    readonly topics: D extends {
        readonly topics: infer T;
    } ? Specs<T> : {};
};

/**
 * Contracts that are also checked at run time, by schemas of any library: `defineContract({ … })` is a middleware that carries its type.
 *
 * @module
 */

interface CheckOptions {
    /** Which payloads are checked. Default `incoming`. */
    readonly check?: 'incoming' | 'both' | undefined;
}
/** What `defineContract` returns. */
interface SchemaContract<D extends ContractDefinition> extends Contract<ApiOf<D>> {
    /** The schemas that it was given, for what describes a contract, such as the OpenAPI document of an HTTP bridge. */
    readonly definition: D;
}
/** The types of a contract: `Connection<InferApi<typeof shop>>`. */
type InferApi<C> = C extends Contract<infer Api> ? Api : never;
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
declare function defineContract<const D extends ContractDefinition>(definition: D, options?: CheckOptions): SchemaContract<D>;

export { defineContract };
export type { ApiOf, CheckOptions, ContractDefinition, InferApi, ProcedureSchema, Schema, SchemaContract, SchemaIssue, SchemaResult, Specs, TopicSchema };
