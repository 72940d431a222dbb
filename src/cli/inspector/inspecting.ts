/*
 * The procedures below `autostrada.inspect.` and `autostrada.payloads.`: what a router says of itself. They are at the local control, and in the realm of `control`, where
 * permissions say who may call them.
 */
import { named } from '../../base/words.ts';
import { ApplicationError, type Connection, type InvocationDetails, type Off } from '../../index.ts';
import type {
  CallsQuery,
  ExplainQuestion,
  Explanation,
  RetainedQuery,
  Router,
  TopNews,
  TopQuery,
  UriQuery,
  WatchFilter,
  WatchNews,
} from '../../router/index.ts';
import { messageOf } from '../text/usage.ts';

/** Takes an `ExplainQuestion` as its argument, and returns an `Explanation`. */
export const EXPLAIN = 'autostrada.inspect.explain';
/** Takes a `WatchFilter` as its argument, and sends `WatchNews` as progressive results until the call is canceled. The first comes at once. */
export const WATCH = 'autostrada.inspect.watch';
/** The same with payloads. A name of its own, so that permissions decide about it. */
export const WATCH_PAYLOADS = 'autostrada.payloads.watch';

/** Takes a `TopQuery` as its argument, and sends `TopNews` as progressive results until the call is canceled. The first comes at once, without rates. */
export const TOP = 'autostrada.inspect.top';

/** Takes a `UriQuery` as its argument, and returns `RouterUris`. */
export const URIS = 'autostrada.inspect.uris';
/** Takes a `CallsQuery` as its argument, and returns `RunningCalls`. */
export const CALLS = 'autostrada.inspect.calls';
/** Takes a `RetainedQuery` as its argument, and returns a `RetainedValue` or null. Its payload may be personal. */
export const RETAINED = 'autostrada.payloads.retained';

const INVALID_ARGUMENT = 'wamp.error.invalid_argument';

/** @returns Once they are registered. */
export async function offerInspection(router: Router, connection: Connection): Promise<void> {
  /** The router checks what it is asked. */
  const asking =
    <Q, A>(answer: (question: Q) => A | Promise<A>) =>
    async ([question]: readonly [Q]): Promise<A> => {
      try {
        return await answer(question);
      } catch (error) {
        throw asArgument(error);
      }
    };
  const watch =
    (payloads: boolean) =>
    ([filter = {}]: readonly [WatchFilter?], _: unknown, details: InvocationDetails): Promise<never> => {
      if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
        throw new ApplicationError(INVALID_ARGUMENT, [`expected a filter, which is an object, got ${JSON.stringify(filter)}`]);
      if (filter.payloads === true && !payloads)
        throw new ApplicationError(INVALID_ARGUMENT, [`payloads are told by ${WATCH_PAYLOADS}`]);
      return untilCanceled(details, (send) => {
        const off = router.inspect({ ...filter, payloads }, send);
        send({ conversations: [], skipped: 0 });
        const { caller_authid } = details;
        const who = caller_authid === undefined ? 'this machine' : named(String(caller_authid));
        router.note({ level: 'info', message: `${who} watches ${JSON.stringify({ ...filter, payloads })}` });
        return off;
      });
    };
  const top = ([query = {}]: readonly [TopQuery?], _: unknown, details: InvocationDetails): Promise<never> =>
    untilCanceled(details, (send) => router.top(query, send));
  await Promise.all([
    connection.register(TOP, top).ready,
    connection.register(
      EXPLAIN,
      asking((question: ExplainQuestion): Promise<Explanation> => router.explain(question)),
    ).ready,
    connection.register(
      URIS,
      asking((query: UriQuery | undefined) => router.uris(query)),
    ).ready,
    connection.register(
      CALLS,
      asking((query: CallsQuery | undefined) => router.calls(query)),
    ).ready,
    connection.register(
      RETAINED,
      asking((query: RetainedQuery) => router.retained(query)),
    ).ready,
    connection.register(WATCH, watch(false), { disclose_caller: true }).ready,
    connection.register(WATCH_PAYLOADS, watch(true), { disclose_caller: true }).ready,
  ]);
}

/** @param begin - Sends from now on. Returns what ends it. */
async function untilCanceled(
  { signal, sendProgress, receive_progress }: InvocationDetails,
  begin: (send: (news: WatchNews | TopNews) => void) => Off,
): Promise<never> {
  if (receive_progress !== true)
    throw new ApplicationError(INVALID_ARGUMENT, ['expected a call that asks for progressive results']);
  let off: Off = () => {};
  try {
    off = begin(sendProgress);
    await new Promise((resolve) => (signal.aborted ? resolve(undefined) : signal.addEventListener('abort', resolve)));
    throw signal.reason;
  } catch (error) {
    throw asArgument(error);
  } finally {
    off();
  }
}

function asArgument(error: unknown): unknown {
  return error instanceof TypeError ? new ApplicationError(INVALID_ARGUMENT, [messageOf(error)]) : error;
}
