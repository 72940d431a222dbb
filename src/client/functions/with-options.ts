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

type Rest = [args?: readonly unknown[] | null, kwargs?: object | null, options?: object];

/** Contracts are types only. */
type Verbs = { readonly [verb in 'call' | 'callResult' | 'publish']: (uri: string, ...rest: Rest) => unknown };

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
export function withOptions<Api extends ApiShape>(requester: Requester<Api>, defaults: DefaultOptions): Requester<Api> {
  checkGiven('withOptions of a connection or session', requester, 'callResult');
  checkGiven('defaults of withOptions to be an object', defaults);
  const verbs = requester as unknown as Verbs;
  const { signal, timeoutMs, whenOffline, retryOnLoss, waitForCalleeMs, ...wire } = defaults;
  const acknowledged = { ...wire, signal, timeoutMs, whenOffline, retryOnLoss };
  const unacknowledged = { ...wire, signal, whenOffline: whenOffline === 'wait' ? whenOffline : undefined };
  const call =
    (verb: 'call' | 'callResult') =>
    (...[uri, args, kwargs, options]: [string, ...Rest]): unknown =>
      verbs[verb](uri, args, kwargs, { ...defaults, ...options });
  const publish = (...[uri, args, kwargs, options]: [string, ...Rest]): unknown => {
    const isAcknowledged = (options as { readonly acknowledge?: unknown } | undefined)?.acknowledge === true;
    return verbs.publish(uri, args, kwargs, { ...(isAcknowledged ? acknowledged : unacknowledged), ...options });
  };
  const wrapped: Verbs = { call: call('call'), callResult: call('callResult'), publish };
  return wrapped as unknown as Requester<Api>;
}
