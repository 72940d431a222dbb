/*
 * One HTTP POST by `fetch`, or by XMLHttpRequest on platforms without `fetch`.
 */
import { TransportError } from '../../base/errors.ts';

/** Text or bytes. */
type Content = string | Uint8Array;

export interface PostOptions {
  readonly headers: { readonly [name: string]: string };
  readonly credentials: 'omit' | 'same-origin' | 'include';
  /** Whether the answer is read as bytes or as text. */
  readonly isBinary: boolean;
  readonly signal: AbortSignal;
  /** Is called when bytes were sent or have come, if the platform reports that before the end. `received`: how many have come. */
  moved?(received: number): void;
}

export interface Answer {
  readonly status: number;
  readonly body: Content;
}

/**
 * Sends a POST. It rejects when no answer comes.
 *
 * If the headers have no content type, text is posted as text/plain, and bytes without a type. A browser allows both for
 * pages of other origins without a preflight request, which would double the number of requests.
 */
export function post(url: string, body: Content | undefined, options: PostOptions): Promise<Answer> {
  // `fetch` is looked up at each request, because a page may load its polyfill late.
  if (typeof fetch === 'function') return postByFetch(url, body, options);
  if (typeof XMLHttpRequest === 'function') return postByXhr(url, body, options);
  return Promise.reject(new TransportError('this platform has neither fetch nor XMLHttpRequest'));
}

async function postByFetch(url: string, body: Content | undefined, options: PostOptions): Promise<Answer> {
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

function postByXhr(url: string, body: Content | undefined, options: PostOptions): Promise<Answer> {
  const { headers, credentials, signal, isBinary } = options;
  return new Promise((resolve, reject) => {
    if (signal.aborted) throw signal.reason;
    const request = new XMLHttpRequest();
    // IE10 accepts these two only after `open`.
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
      resolve({ status, body: isBinary ? new Uint8Array(request.response ?? []) : request.responseText });
    };
    request.onerror = () => reject(new Error('the request failed; the browser does not say why'));
    // This copies just these bytes, because IE10 does not send views.
    request.send(typeof body === 'object' ? new Uint8Array(body).buffer : (body ?? null));
  });
}
