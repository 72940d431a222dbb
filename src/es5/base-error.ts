/*
 * What stands in for `Error` where a class of ours extends it, once classes have become functions (rollup.config.mjs puts it there).
 * `Error` called as a function makes an object of its own and forgets the class: `instanceof` would not know it, and Internet Explorer 10
 * has no way to change a prototype afterwards. As both have one prototype, `instanceof` means the same.
 */
import { define } from './define.ts';

interface Options {
  readonly cause?: unknown;
}

function OldError(this: object, message?: string, options?: Options): object {
  const real: { readonly stack?: string } = new Error(message);
  let error: object = this;
  if (Object.setPrototypeOf)
    error = Object.setPrototypeOf(real, Object.getPrototypeOf(this)); // consoles show it as what it is
  else {
    if (message !== undefined) define(error, 'message', message);
    if (real.stack !== undefined) define(error, 'stack', real.stack);
  }
  if (options && 'cause' in options) define(error, 'cause', options.cause);
  return error;
}
OldError.prototype = Error.prototype;

export const BaseError: ErrorConstructor = OldError as unknown as ErrorConstructor;
