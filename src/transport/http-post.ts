/*
 * One HTTP POST, by `fetch`, or by XMLHttpRequest where that is all there is.
 */
import { TransportError } from '../base/errors.ts';
import type { Frame } from './transport.ts';

export interface PostOptions {
  readonly headers: { readonly [name: string]: string };
  readonly credentials: 'omit' | 'same-origin' | 'include';
  /** What the answer is read as. */
  readonly isBinary: boolean;
  readonly signal: AbortSignal;
  /** Bytes have moved, where the platform tells before all is over. `received`: how many came. */
  moved?(received: number): void;
}

export interface Answer {
  readonly status: number;
  readonly body: Frame;
}

/**
 * Rejects when no answer comes.
 *
 * Without a content type among the headers, text is posted as text/plain and bytes as nothing: pages of other origins may do that without
 * asking first, which would double the requests.
 */
export function post(url: string, body: Frame | undefined, options: PostOptions): Promise<Answer> {
  // Looked up at each request: a page may bring its polyfill late.
  if (typeof fetch === 'function') return postByFetch(url, body, options);
  if (typeof XMLHttpRequest === 'function') return postByXhr(url, body, options);
  return Promise.reject(new TransportError('this platform has neither fetch nor XMLHttpRequest'));
}

async function postByFetch(url: string, body: Frame | undefined, options: PostOptions): Promise<Answer> {
  const { headers, credentials, signal, isBinary } = options;
  const response = await fetch(url, { method: 'POST', body: (body ?? null) as BodyInit | null, headers, credentials, signal });
  const { status } = response;
  const reader = options.moved && response.body?.getReader?.();
  if (!reader) return { status, body: isBinary ? new Uint8Array(await response.arrayBuffer()) : await response.text() };
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    options.moved?.(value.length);
  }
  const bytes = new Uint8Array(length);
  for (const chunk of chunks.reverse()) {
    length -= chunk.length;
    bytes.set(chunk, length);
  }
  return { status, body: isBinary ? bytes : new TextDecoder().decode(bytes) };
}

function postByXhr(url: string, body: Frame | undefined, options: PostOptions): Promise<Answer> {
  const { headers, credentials, signal, isBinary } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) throw signal.reason;
    const request = new XMLHttpRequest();
    // IE10 takes neither of the two before `open`.
    request.open('POST', url, true);
    if (isBinary) request.responseType = 'arraybuffer';
    request.withCredentials = credentials === 'include';
    for (const name of Object.keys(headers)) request.setRequestHeader(name, String(headers[name]));
    const onAbort = (): void => {
      request.abort();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort);
    let loaded = 0;
    request.onprogress = (event) => {
      options.moved?.(event.loaded - loaded);
      loaded = event.loaded;
    };
    request.onloadend = () => signal.removeEventListener('abort', onAbort);
    request.onload = () => {
      const { status } = request;
      resolve({ status, body: isBinary ? new Uint8Array((request.response ?? []) as ArrayBuffer) : request.responseText });
    };
    request.onerror = () => reject(new Error('the request failed; the browser does not say why'));
    // A copy of just these bytes: IE10 sends no views.
    request.send(typeof body === 'object' ? new Uint8Array(body).buffer : (body ?? null));
  });
}
