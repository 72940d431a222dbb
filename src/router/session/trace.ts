import type { Dict } from '../../base/words.ts';

/**
 * Trace context (W3C traceparent), passed on to callee and subscribers. It is the only such attribute: WAMP "Extensibility" leaves
 * names that begin with an underscore to implementations, and all others end here, because they may be meant for the router alone.
 */
export function mirrorTrace({ _traceparent }: Dict, details: Dict): void {
  if (typeof _traceparent === 'string') Object.assign(details, { _traceparent });
}
