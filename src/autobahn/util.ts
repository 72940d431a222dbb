/* `autobahn.util`. */
import type { Any } from './any.ts';
import { handle_error, assert as insist, is_object } from './checks.ts';
import { deferred_factory, promise } from './deferred.ts';

export { rand_normal } from './backoff.ts';
export { deferred_factory, handle_error, is_object, promise };
export const assert: (condition: unknown, text?: string) => void = insist;

export function atob(text: string): Uint8Array | null {
  if (!text) return null;
  const binary = globalThis.atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export function btoa(bytes: ArrayLike<number>): string | null {
  if (!bytes) return null;
  let binary = '';
  for (let i = 0; i < bytes.length; i++) binary += String.fromCharCode(bytes[i] ?? 0);
  return globalThis.btoa(binary);
}

export function btoh(bytes: ArrayLike<number>): string | null {
  if (!bytes) return null;
  let hex = '';
  for (let i = 0; i < bytes.length; i++) hex += `0${((bytes[i] ?? 0) & 0xff).toString(16)}`.slice(-2);
  return hex;
}

export function htob(hex: string): Uint8Array | null {
  if (!hex) return null;
  if (typeof hex !== 'string') throw new TypeError('Expected input to be a string');
  if (hex.length % 2 !== 0) throw new RangeError('Expected string to be an even number of characters');
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** In Autobahn|JS there only where a global `fs` is, which is nowhere. */
export const read_file: null = null;

export function new_global_id(): number {
  return Math.floor(Math.random() * 2 ** 53) + 1;
}

/** Fills in what `base` does not have. A last argument of true: in objects inside, too. */
export function defaults(...given: Any[]): Any {
  const isDeep = typeof given[given.length - 1] === 'boolean' && (given.pop() as boolean);
  const [base = {}, ...sources] = given;
  sources.forEach((source, i) => {
    if (!source) return;
    if (typeof source !== 'object') throw new Error(`Expected argument at index ${i + 1} to be an object`);
    for (const key of Object.keys(source)) {
      if (!(key in base)) base[key] = source[key];
      else if (isDeep && typeof source[key] === 'object' && typeof base[key] === 'object') defaults(base[key], source[key]);
    }
  });
  return base;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

export function as_promise(run: (...args: Any[]) => Any, ...args: Any[]): Promise<Any> {
  return new Promise((resolve) => {
    resolve(run(...args)); // what it throws rejects
  });
}

/** Where there is an XMLHttpRequest. Rejects with `{ code, text }`. */
export function http_post(url: string, data?: Any, timeout?: number): Any {
  return request('POST', url, data, timeout, (text) => text);
}

/** The same with GET, for JSON. */
export function http_get_json(url: string, timeout?: number): Any {
  return request('GET', url, undefined, timeout, (text) => JSON.parse(text));
}

function request(method: string, url: string, data: Any, timeout: number | undefined, read: (text: string) => unknown): Any {
  const deferred = deferred_factory()();
  const http = new XMLHttpRequest();
  http.withCredentials = true;
  http.onreadystatechange = () => {
    if (http.readyState !== 4) return;
    if (http.status === 200) {
      try {
        deferred.resolve(read(http.responseText));
      } catch (thrown) {
        deferred.reject(thrown);
      }
    } else if (http.status === 204) deferred.resolve();
    else deferred.reject({ code: http.status, text: http.statusText });
  };
  http.open(method, url, true);
  http.setRequestHeader('Content-type', 'application/json; charset=utf-8');
  if (timeout && timeout > 0) {
    http.timeout = timeout;
    http.ontimeout = () => deferred.reject({ code: 501, text: 'request timeout' });
  }
  http.send(data || undefined);
  return promise(deferred);
}
