/** WAMP id: an integer from 1 to 2^53. */
export type Id = number;
export type Uri = string;
/** A string-keyed map: options, details, keyword arguments. */
export type Dict = { readonly [key: string]: unknown };
export type Awaitable<T> = T | PromiseLike<T>;

export function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Stops listening. */
export type Off = () => void;

/** Controls, half surrogates, and what turns the direction of text: what is shown must neither make lines of its own nor command a terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** For logs and terminals: text from elsewhere on one line, what cannot be printed escaped, and cut to `length` characters. */
export function oneLine(text: string, length: number = 2000): string {
  const lines = text.slice(0, length).split(/[\r\n\u2028\u2029]+/);
  const plain = lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('; ')
    .replace(UNPRINTABLE, (char) => (char < '\u0100' ? `\\x${hex(char, 2)}` : `\\u${hex(char, 4)}`));
  return text.length > length ? `${plain} … (${text.length} characters)` : plain;
}

/** For logs: a name from elsewhere. Quoted, unless it is plainly one word, so that readers do not take it for our own words. */
export function named(name: string): string {
  return /^[\w.@:+-]{1,100}$/.test(name) ? name : `'${oneLine(name, 100).replace(/'/g, "\\'")}'`;
}

function hex(char: string, digits: number): string {
  return char.charCodeAt(0).toString(16).padStart(digits, '0');
}

/** For logs and error messages: text with a URL in it, without the user name and the password of that URL. */
export function withoutLogin(text: string): string {
  // Anything up to the path that is not a host and a port is a login: a password may have any character in it.
  return text.replace(/\/\/(?!(\[.*?]|[^\s/?#@:]*)(:\d*)?([\s/?#"',]|$)).*@/, '//…@');
}
