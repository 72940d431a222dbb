/** WAMP id: an integer from 1 to 2^53. */
export type Id = number;
export type Uri = string;
/** An object with any keys: options, details, keyword arguments. */
export type Dict = { readonly [key: string]: unknown };
export type Awaitable<T> = T | PromiseLike<T>;

export function isThenable<T>(value: Awaitable<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Stops listening. */
export type Off = () => void;

/**
 * Control characters, half surrogate pairs, and marks that change the direction of text. Such text could otherwise start a
 * new line in a log, or send commands to a terminal.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Text from elsewhere, for logs and terminals: on one line, with unprintable characters escaped, and cut to `length`
 * characters.
 */
export function oneLine(text: string, length: number = 2000): string {
  const lines = text.slice(0, length).split(/[\r\n\u2028\u2029]+/);
  const plain = lines
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('; ')
    .replace(UNPRINTABLE, (char) => (char < '\u0100' ? `\\x${hex(char, 2)}` : `\\u${hex(char, 4)}`));
  return text.length > length ? `${plain} … (${text.length} characters)` : plain;
}

/**
 * A name from elsewhere, for logs. It is quoted unless it is a single word, so that readers do not take it for a part of our
 * own text.
 */
export function named(name: string): string {
  return /^[\w.@:+-]{1,100}$/.test(name) ? name : `'${oneLine(name, 100).replace(/'/g, "\\'")}'`;
}

function hex(char: string, digits: number): string {
  return char.charCodeAt(0).toString(16).padStart(digits, '0');
}

/** Text with a URL in it, for logs and error messages. The user name and the password of the URL are removed. */
export function withoutLogin(text: string): string {
  // Everything before the path is a login, unless it is a host and a port: a password may contain any character.
  return text.replace(/\/\/(?!(\[.*?]|[^\s/?#@:]*)(:\d*)?([\s/?#"',]|$)).*@/, '//…@');
}
