/*
 * The procedures below `autostrada.inspect.` and `autostrada.payloads.`: what a router says of itself. They are at the local control, and in the realm of `control`, where
 * permissions say who may call them.
 */
import { named } from '../../base/words.ts';
import { ApplicationError, type Connection, type InvocationDetails } from '../../index.ts';
import type { ExplainQuestion, Explanation, Router, WatchFilter, WatchNews } from '../../router/index.ts';
import { messageOf } from '../text/usage.ts';

/** Takes an `ExplainQuestion` as its argument, and returns an `Explanation`. */
export const EXPLAIN = 'autostrada.inspect.explain';
/** Takes a `WatchFilter` as its argument, and sends `WatchNews` as progressive results until the call is canceled. The first comes at once. */
export const WATCH = 'autostrada.inspect.watch';
/** The same with payloads. A name of its own, so that permissions decide about it. */
export const WATCH_PAYLOADS = 'autostrada.payloads.watch';

const INVALID_ARGUMENT = 'wamp.error.invalid_argument';

export interface InspectionPlace {
  readonly router: Router;
  /** Clients connect to this router. Otherwise they are at other processes. */
  readonly hasClients: boolean;
}

/** @returns Once they are registered. */
export async function offerInspection({ router, hasClients }: InspectionPlace, connection: Connection): Promise<void> {
  const explain = async ([question]: readonly [ExplainQuestion]): Promise<Explanation> => {
    try {
      return await router.explain(question); // which checks it
    } catch (error) {
      throw asArgument(error);
    }
  };
  const watch =
    (payloads: boolean) =>
    ([filter = {}]: readonly [WatchFilter?], _: unknown, details: InvocationDetails): Promise<never> => {
      if (!hasClients) throw new ApplicationError('wamp.error.feature_not_supported', [ELSEWHERE]);
      if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
        throw new ApplicationError(INVALID_ARGUMENT, [`expected a filter, which is an object, got ${JSON.stringify(filter)}`]);
      return watchUntilCanceled(router, { filter, payloads }, details);
    };
  await Promise.all([
    connection.register(EXPLAIN, explain).ready,
    connection.register(WATCH, watch(false), { disclose_caller: true }).ready,
    connection.register(WATCH_PAYLOADS, watch(true), { disclose_caller: true }).ready,
  ]);
}

const ELSEWHERE = 'the sessions are at the processes of this router, which cannot be watched yet: only a router of one process can';

interface Wanted {
  readonly filter: WatchFilter;
  readonly payloads: boolean;
}

function watchUntilCanceled(router: Router, { filter, payloads }: Wanted, details: InvocationDetails): Promise<never> {
  const { signal, caller_authid: who = 'this machine' } = details;
  if (filter.payloads === true && !payloads)
    throw new ApplicationError(INVALID_ARGUMENT, [`payloads are told by ${WATCH_PAYLOADS}`]);
  return new Promise((_, reject) => {
    try {
      const send = (news: WatchNews): boolean => details.sendProgress(news);
      const off = router.inspect({ ...filter, payloads }, send);
      const end = (reason: unknown): void => {
        off();
        reject(reason);
      };
      if (!send({ conversations: [], skipped: 0 }))
        return end(new ApplicationError(INVALID_ARGUMENT, ['expected a call that asks for progressive results']));
      router.note({ level: 'info', message: `${named(String(who))} watches ${JSON.stringify({ ...filter, payloads })}` });
      if (signal.aborted) end(signal.reason);
      else signal.addEventListener('abort', () => end(signal.reason));
    } catch (error) {
      reject(asArgument(error));
    }
  });
}

function asArgument(error: unknown): unknown {
  return error instanceof TypeError ? new ApplicationError(INVALID_ARGUMENT, [messageOf(error)]) : error;
}
