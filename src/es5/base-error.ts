/*
 * Replaces `Error` as the base of our classes, once classes have become functions (rollup.config.mjs does it).
 * `Error` called as a function makes a new object without our class: `instanceof` would not recognize it, and Internet Explorer 10
 * cannot change a prototype afterwards. Both have the same prototype, so `instanceof` works.
 */
import { define } from './define.ts';

interface Options {
  readonly cause?: unknown;
}

function OldError(this: object, message?: string, options?: Options): object {
  const real: { readonly stack?: string } = new Error(message);
  let error: object = this;
  if (Object.setPrototypeOf)
    error = Object.setPrototypeOf(real, Object.getPrototypeOf(this)); // consoles show it as an error of its class
  else {
    if (message !== undefined) define(error, 'message', message);
    if (real.stack !== undefined) define(error, 'stack', real.stack);
  }
  if (options && 'cause' in options) define(error, 'cause', options.cause);
  return error;
}
OldError.prototype = Error.prototype;

const replacement: unknown = OldError;
export const BaseError: ErrorConstructor = replacement as ErrorConstructor;
