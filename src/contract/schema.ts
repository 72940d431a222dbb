/*
 * What a contract is made of: schemas of any library that speaks Standard Schema. Types only.
 */
import type { WildcardTemplate } from '../index.ts';

/**
 * A schema of any library (zod, valibot, ArkType …), as https://standardschema.dev has it; the part we use. Input and output must be one
 * type: the far end may be Python, and knows no transforms.
 */
export interface Schema<T = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
    readonly types?: { readonly input: T; readonly output: T } | undefined;
  };
}
export type SchemaResult<T> = { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };
export interface SchemaIssue {
  readonly message: string;
  /** Keys from the outside in, or objects that have one. */
  readonly path?: readonly unknown[] | undefined;
}
type Of<S> = S extends { readonly '~standard': { readonly types?: { readonly output: infer T } | undefined } } ? T : never;

// biome-ignore-start lint/suspicious/noExplicitAny: schemas of any type
/** What has no schema is not checked, and in the types it is empty. */
export interface ProcedureSchema {
  /** Of the list of positional arguments: a tuple. */
  readonly args?: Schema<any>;
  readonly kwargs?: Schema<any>;
  /** Of what `call` resolves with: the bare value, or the `Result` where there is more than one value. */
  readonly result?: Schema<any>;
  /** Of one progressive result, as `onProgress` gets it. */
  readonly progress?: Schema<any>;
  /** Of one further input, as the endpoint gets it. */
  readonly input?: Schema<any>;
}
export interface TopicSchema {
  readonly args?: Schema<any>;
  readonly kwargs?: Schema<any>;
}
// biome-ignore-end lint/suspicious/noExplicitAny: schemas of any type
/** URIs and their schemas. Keys with empty components are wildcards: `chess.player..move`. A URI itself comes before any wildcard, then the first that fits. */
export interface ContractDefinition {
  readonly procedures?: { readonly [uri: string]: ProcedureSchema };
  readonly topics?: { readonly [uri: string]: TopicSchema };
}
/** The types of a map of schemas. */
export type Specs<M> = {
  readonly [K in keyof M as K extends string ? WildcardTemplate<K> : never]: { readonly [F in keyof M[K]]: Of<M[K][F]> };
};
/** The types of a definition. */
export type ApiOf<D> = {
  readonly procedures: D extends { readonly procedures: infer P } ? Specs<P> : {};
  readonly topics: D extends { readonly topics: infer T } ? Specs<T> : {};
};
