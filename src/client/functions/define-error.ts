import { ApplicationError, type ErrorCause } from '../../base/errors.ts';
import type { Uri } from '../../base/words.ts';
import { uriComplaint } from '../../protocol/uri.ts';
import type { Payload } from '../api/contract.ts';

/** A class for one URI. `instanceof` goes by URI, so it knows what came over the wire without any registry. */
export interface ErrorDefinition<A extends readonly unknown[], K extends object> {
  new (...payload: Payload<{ args: A; kwargs: K }, ErrorCause & { readonly message?: string }>): ApplicationError<A, K>;
  readonly uri: Uri;
  /** The same as `instanceof`, where that is not at hand. */
  is(error: unknown): error is ApplicationError<A, K>;
  [Symbol.hasInstance](error: unknown): error is ApplicationError<A, K>;
}

/**
 * An error that endpoints throw and callers know by class.
 *
 * Both ends define it by the same URI, most often in one shared file. What came over the wire is what its far end sent: the types say what it should be.
 *
 * @throws TypeError for anything but a URI.
 * @example
 * const UnknownSku = defineError<[sku: string]>('com.shop.error.unknown_sku');
 * throw new UnknownSku(['a1']); // in an endpoint
 * if (error instanceof UnknownSku) console.log(error.args[0]); // at the caller
 */
export function defineError<A extends readonly unknown[] = [], K extends object = {}>(uri: Uri): ErrorDefinition<A, K> {
  const complaint = uriComplaint(uri);
  if (complaint !== undefined) throw new TypeError(complaint);
  // By shape: the error may come from another copy of this package.
  const is = (error: unknown): error is ApplicationError<A, K> =>
    error instanceof Error && error.name === 'ApplicationError' && 'uri' in error && error.uri === uri;
  class Defined extends ApplicationError<A, K> {
    constructor(args?: A, kwargs?: K, options?: ErrorCause & { readonly message?: string }) {
      super(uri, args, kwargs, options);
    }
  }
  Object.defineProperty(Defined, Symbol.hasInstance, { value: is });
  const defined: object = Object.assign(Defined, { uri, is });
  return defined as ErrorDefinition<A, K>; // its constructor knows more of the payload
}
