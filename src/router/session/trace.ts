import type { Dict } from '../../words.ts';

/**
 * Trace context (W3C traceparent), handed on to whoever is invoked or told. It is the only attribute of its kind: WAMP "Extensibility" leaves
 * those that begin with an underscore to implementations, and all others of them end here, since they may be meant for the router alone.
 */
export function mirrorTrace({ _traceparent }: Dict, details: Dict): void {
  if (typeof _traceparent === 'string') Object.assign(details, { _traceparent });
}
