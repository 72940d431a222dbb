/*
 * AbortController if it is missing, and the `reason` that older ones do not have (Chrome before 98, Firefox before 97, Safari before
 * 15.4): our requests reject with it.
 */
import { define, fill, root } from './define.ts';

type Listener = ((event: object) => void) | { handleEvent(event: object): void };

class OldSignal {
  aborted = false;
  reason: unknown;
  onabort: Listener | null = null;
  private listeners: readonly { readonly listener: Listener; readonly once: boolean }[] = [];

  addEventListener(type: string, listener: Listener, options?: { readonly once?: boolean } | boolean): void {
    if (type !== 'abort' || this.listeners.some((one) => one.listener === listener)) return;
    this.listeners = [...this.listeners, { listener, once: typeof options === 'object' && options.once === true }];
  }

  removeEventListener(type: string, listener: Listener): void {
    if (type === 'abort') this.listeners = this.listeners.filter((one) => one.listener !== listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** @internal */
  dispatch(event: object): void {
    const heard = [...(this.onabort ? [{ listener: this.onabort, once: false }] : []), ...this.listeners];
    for (const { listener, once } of heard) {
      if (once) this.removeEventListener('abort', listener);
      try {
        if (typeof listener === 'function') listener.call(this, event);
        else listener.handleEvent(event);
      } catch (thrown) {
        // As with the platform's listeners: if one throws, the next one is still called.
        setTimeout(() => {
          throw thrown;
        }, 0);
      }
    }
  }
}

class OldController {
  readonly signal: OldSignal = new OldSignal();

  abort(reason?: unknown): void {
    const { signal } = this;
    if (signal.aborted) return;
    signal.aborted = true;
    signal.reason = reason === undefined ? abortError() : reason;
    signal.dispatch({ type: 'abort', target: signal });
  }
}

function abortError(): Error {
  const error = new Error('the operation was aborted');
  define(error, 'name', 'AbortError');
  return error;
}

if (!root.AbortController) fill(root, { AbortController: OldController, AbortSignal: OldSignal });
else if (root.AbortSignal && !('reason' in root.AbortSignal.prototype)) {
  const { abort } = root.AbortController.prototype;
  define(root.AbortController.prototype, 'abort', function (this: AbortController, reason?: unknown): void {
    if (!this.signal.aborted) define(this.signal, 'reason', reason === undefined ? abortError() : reason);
    abort.call(this, this.signal.reason); // a polyfill of the page, or of another of our scripts, may use the argument
  });
}
