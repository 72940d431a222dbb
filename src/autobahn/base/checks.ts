/* Checks of arguments, and the report of what goes wrong in user code. */
import type { Any } from './any.ts';

export function assert(condition: unknown, text = 'Assertion failed!'): asserts condition {
  if (!condition) throw new Error(text);
}

export function is_object(value: unknown): boolean {
  return !Array.isArray(value) && (typeof value === 'object' || typeof value === 'function');
}

/** Calls the user's handler, or writes to the console. */
export function handle_error(handler: unknown, error: unknown, message?: string): void {
  if (typeof handler === 'function') handler(error, message);
  else console.error(message || 'Unhandled exception raised: ', error);
}

/** The checks that `call` and `publish` share; the texts are Autobahn's. */
export function checkRequest(verb: string, what: string, uri: unknown, args: Any, kwargs: Any, options: Any): void {
  assert(typeof uri === 'string', `Session.${verb}: <${what}> must be a string`);
  assert(!args || Array.isArray(args), `Session.${verb}: <args> must be an array []`);
  assert(!kwargs || is_object(kwargs), `Session.${verb}: <kwargs> must be an object {}`);
  assert(!options || is_object(options), `Session.${verb}: <options> must be an object {}`);
}

export function checkHandler(verb: string, what: string, uri: unknown, role: string, handler: unknown, options: Any): void {
  assert(typeof uri === 'string', `Session.${verb}: <${what}> must be a string`);
  assert(typeof handler === 'function', `Session.${verb}: <${role}> must be a function`);
  assert(!options || is_object(options), `Session.${verb}: <options> must be an object {}`);
}

/** Text that may be missing. */
export function checkText(where: string, what: string, value: unknown, kind = 'a string'): void {
  assert(!value || typeof value === 'string', `Session.${where}: <${what}> must be ${kind}`);
}
