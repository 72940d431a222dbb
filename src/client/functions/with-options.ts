import { checkGiven } from '../../base/given.ts';
import type { ApiShape } from '../api/contract.ts';
import type { CallOptions } from '../api/options.ts';
import type { Extensions } from '../api/payload.ts';
import type { Requester } from '../api/verbs.ts';

/** Options that make sense for more than one request. */
export type DefaultOptions = Pick<
  CallOptions,
  'signal' | 'timeoutMs' | 'disclose_me' | 'whenOffline' | 'retryOnLoss' | 'waitForCalleeMs'
> &
  Extensions;

type Rest = [args?: readonly unknown[] | null, kwargs?: object | null, options?: { readonly acknowledge?: unknown }];

/** Contracts are types only. */
interface Verbs {
  call(...given: readonly unknown[]): unknown;
  callResult(...given: readonly unknown[]): unknown;
  publish(...given: readonly unknown[]): unknown;
}

/**
 * The same requester with other defaults.
 *
 * A request's own options come first. Events that are not acknowledged wait for no answer, so `timeoutMs` is not for them.
 *
 * @throws TypeError for anything without verbs, and for defaults that are not an object.
 * @example
 * const hasty = withOptions(connection, { timeoutMs: 2_000, signal });
 * await hasty.call('com.example.add', [2, 3]);
 */
export function withOptions<Api extends ApiShape>(requester: Requester<Api>, defaults: DefaultOptions): Requester<Api>;
export function withOptions(verbs: Verbs, defaults: DefaultOptions): Verbs {
  checkGiven('withOptions of a connection or session', verbs, 'callResult');
  checkGiven('defaults of withOptions to be an object', defaults);
  const { signal, timeoutMs, whenOffline, retryOnLoss, waitForCalleeMs, ...wire } = defaults;
  const acknowledged = { ...wire, signal, timeoutMs, whenOffline, retryOnLoss };
  const unacknowledged = { ...wire, signal, whenOffline: whenOffline === 'wait' ? whenOffline : undefined };
  const call =
    (verb: 'call' | 'callResult') =>
    (...[uri, args, kwargs, options]: [string, ...Rest]): unknown =>
      verbs[verb](uri, args, kwargs, { ...defaults, ...options });
  const publish = (...[uri, args, kwargs, options]: [string, ...Rest]): unknown => {
    const isAcknowledged = options?.acknowledge === true;
    return verbs.publish(uri, args, kwargs, { ...(isAcknowledged ? acknowledged : unacknowledged), ...options });
  };
  return { call: call('call'), callResult: call('callResult'), publish };
}
