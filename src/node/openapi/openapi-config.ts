/*
 * What is said about the OpenAPI document of a bridge: in a configuration file with a module that has the contract, in code with the contract itself.
 */
import { type Check, isDict, memberOf } from '../../base/checks.ts';
import { checkOptions, type Known, string } from '../../base/options.ts';

export interface OpenApiConfig {
  /** A module whose default export, or only export that is one, is a contract of `defineContract`. */
  readonly contract: string;
  /** The name of the API. Default: that of the realm. */
  readonly title?: string | undefined;
  /** The version of the API. Default `1`. */
  readonly version?: string | undefined;
  /** What the API is for, in Markdown. Default: none. */
  readonly description?: string | undefined;
}

/** A contract of `defineContract`. */
export interface DescribedContract {
  readonly definition: {
    readonly procedures?: { readonly [uri: string]: object } | undefined;
    readonly topics?: { readonly [uri: string]: object } | undefined;
  };
}

export interface OpenApiOptions extends Omit<OpenApiConfig, 'contract'> {
  /** What `defineContract` has returned. */
  readonly contract: DescribedContract;
}

export function isContract(value: unknown): value is DescribedContract {
  return typeof memberOf(value, '~around') === 'function' && isDict(memberOf(value, 'definition'));
}

const texts: Known = { title: string, version: string, description: string };

const path: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'the path of a module');
const contract: Check = (value) => (isContract(value) ? undefined : 'a contract of defineContract');

/** The option `openapi` in a file, whose schema says that the contract must be there. */
export const openApiConfig: Check = (value) => {
  checkOptions('openapi', value, { ...texts, contract: path });
  return undefined;
};

/** The same in code. */
export const openApiOptions: Check = (value) => {
  checkOptions('openapi', value, { ...texts, contract });
  return isDict(value) && value.contract !== undefined ? undefined : 'an object with contract, which defineContract has returned';
};
