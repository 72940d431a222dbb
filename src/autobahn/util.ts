/* `autobahn.util`. */
import type { Any } from './base/any.ts';
import { handle_error, assert as insist, is_object } from './base/checks.ts';
import { deferred_factory, promise } from './promises/deferred.ts';

export { rand_normal } from './base/backoff.ts';
export { atob, btoa, btoh, htob } from './base/bytes.ts';
export { defaults } from './base/defaults.ts';
export { deferred_factory, handle_error, is_object, promise };
export const assert: (condition: unknown, text?: string) => void = insist;

/** Autobahn|JS has it only where `fs` is a global, and no platform has that. */
export const read_file: null = null;

export function new_global_id(): number {
  return Math.floor(Math.random() * 2 ** 53) + 1;
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** `this` is passed on, as in Autobahn|JS. */
export function as_promise(this: unknown, run: (...args: Any[]) => Any, ...args: Any[]): Promise<Any> {
  return new Promise((resolve) => {
    resolve(run.apply(this, args)); // what it throws rejects
  });
}

/** For platforms with XMLHttpRequest. Rejects with `{ code, text }`. */
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
