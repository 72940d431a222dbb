/*
 * The parts of a contract: schemas of any library that supports Standard Schema. Types only.
 */
import type { WildcardTemplate } from '../index.ts';

/**
 * A schema of any library (zod, valibot, ArkType …), as https://standardschema.dev has it; the part we use. Input and output must be one
 * type: the other end may be a Python program without your transforms.
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
/** A part without a schema is not checked, and is empty in the types. */
export interface ProcedureSchema {
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
export interface TopicSchema {
  readonly args?: Schema<any>;
  readonly kwargs?: Schema<any>;
}
// biome-ignore-end lint/suspicious/noExplicitAny: schemas of any type
/** URIs and their schemas. Keys with empty components are wildcards: `chess.player..move`. An exact URI comes before all wildcards; of several wildcards the first that matches is used. */
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
