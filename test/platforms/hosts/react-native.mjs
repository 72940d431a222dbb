/*
 * A realm with the globals of React Native (0.7x and 0.8x, Hermes, without polyfills): no `location`, no `document`, no `TextDecoder`, no `crypto`, no
 * `MessageChannel`; an AbortSignal that has no reason; a WebSocket that gives Blobs nobody can read unless `binaryType` was set, and events with less
 * in them; a `fetch` without streams. Then the bundle of checks.mjs, as Metro makes one, runs in it.
 */
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const { fetch: nodeFetch, AbortController: NodeAbortController, WebSocket: NodeWebSocket } = globalThis;

class EventTargetOfReactNative {
  #listeners = new Map();

  addEventListener(type, listener) {
    this.#listeners.set(type, new Set(this.#listeners.get(type)).add(listener));
  }

  removeEventListener(type, listener) {
    this.#listeners.get(type)?.delete(listener);
  }

  dispatchEvent(event) {
    this[`on${event.type}`]?.(event);
    for (const listener of [...(this.#listeners.get(event.type) ?? [])]) listener.call(this, event);
  }
}

/** Of the package abort-controller, which React Native has in it: no `reason`, no `throwIfAborted`. */
class AbortSignal extends EventTargetOfReactNative {
  aborted = false;
}
class AbortController {
  signal = new AbortSignal();

  abort() {
    if (this.signal.aborted) return;
    this.signal.aborted = true;
    this.signal.dispatchEvent({ type: 'abort' });
  }
}

/** Its bytes are on the other side of the bridge. */
class Blob {}

class WebSocket extends EventTargetOfReactNative {
  static CONNECTING = 0;
  static OPEN = 1;
  static CLOSING = 2;
  static CLOSED = 3;
  readyState = 0;
  bufferedAmount = 0;
  #binaryType;
  #socket;

  constructor(url, protocols) {
    super();
    this.#socket = new NodeWebSocket(url, protocols);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => {
      this.readyState = 1;
      this.protocol = this.#socket.protocol;
      this.dispatchEvent({ type: 'open', isTrusted: false });
    };
    this.#socket.onmessage = ({ data }) => {
      const isReadable = typeof data === 'string' || this.#binaryType === 'arraybuffer';
      this.dispatchEvent({ type: 'message', data: isReadable ? data : new Blob(), isTrusted: false });
    };
    this.#socket.onerror = ({ message }) => {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.dispatchEvent({ type: 'error', message, isTrusted: false });
      this.dispatchEvent({ type: 'close', message, isTrusted: false });
    };
    this.#socket.onclose = ({ code, reason }) => {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.dispatchEvent({ type: 'close', code, reason, isTrusted: false });
    };
  }

  get binaryType() {
    return this.#binaryType;
  }

  set binaryType(type) {
    if (type !== 'blob' && type !== 'arraybuffer') throw new Error("binaryType must be either 'blob' or 'arraybuffer'");
    this.#binaryType = type;
  }

  send(data) {
    if (this.readyState === 0) throw new Error('INVALID_STATE_ERR');
    if (typeof data !== 'string' && !(data instanceof ArrayBuffer) && !ArrayBuffer.isView(data))
      throw new Error('Unsupported data type');
    this.#socket.send(data);
  }

  close(code, reason) {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    this.#socket.close(code ?? 1000, reason ?? '');
  }
}

async function fetch(url, { signal, ...init } = {}) {
  const controller = new NodeAbortController();
  signal?.addEventListener('abort', () => controller.abort());
  const answer = await nodeFetch(url, { ...init, signal: controller.signal });
  return { ok: answer.ok, status: answer.status, text: () => answer.text(), arrayBuffer: () => answer.arrayBuffer() };
}

const { console, queueMicrotask, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate, performance } = globalThis;
const { URL, btoa, atob } = globalThis;
const encoder = new TextEncoder();
const realm = vm.createContext({
  ...{ AbortController, AbortSignal, Blob, WebSocket, fetch, URL, btoa, atob, console, performance, queueMicrotask },
  ...{ clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate },
  setTimeout: (callback, ms, ...given) => Number(setTimeout(callback, ms, ...given)),
  process: { env: { NODE_ENV: 'production' } },
  navigator: { product: 'ReactNative' },
  encode: (text) => encoder.encode(text),
  host: { ...JSON.parse(process.env.PLATFORM), print: (line) => console.log(line) },
});
vm.runInContext(
  `globalThis.window = globalThis.self = globalThis.global = globalThis;
  for (const name of ['SharedArrayBuffer', 'Atomics', 'WebAssembly']) delete globalThis[name];
  globalThis.TextEncoder = class {
    encode(text) {
      return new Uint8Array(encode(text));
    }
    encodeInto(text, target) {
      const bytes = encode(text);
      target.set(bytes);
      return { read: text.length, written: bytes.length };
    }
  };`,
  realm,
);
vm.runInContext(`${readFileSync('react-native.bundle.js', 'utf8')}\nchecks.run(host);`, realm);
