/*
 * The kernel with the features that are named: `connect` gives a connection, `join` one session.
 */

import { show } from '../base/checks.ts';
import { FatalError, JoinError, ProtocolError, TimeoutError, type WampError } from '../base/errors.ts';
import { checkOptions } from '../base/options.ts';
import type { Match } from '../protocol/uri.ts';
import type { ConnectionOptions } from './api/connection-options.ts';
import type {
  ApiShape,
  EventArgs,
  EventKwargs,
  FitTopic,
  OwnUri,
  ProceduresOf,
  Subscribable,
  TopicOf,
  Untyped,
  UriOf,
} from './api/contract.ts';
import type { DurableSubscribeOptions } from './api/durable-options.ts';
import type { DurableRegistration, DurableSubscription } from './api/handles.ts';
import type { EventHandler, RegisterOptions, WaitOptions, Without } from './api/options.ts';
import type { Session } from './api/session-api.ts';
import type { EndpointAt, Requester } from './api/verbs.ts';
import { checkedOptions } from './connection/connection-checks.ts';
import { CoreConnection } from './connection/core-connection.ts';
import { asWampError, createDial, type Dial } from './connection/dial.ts';
import { asError, toConsole } from './connection/told-errors.ts';
import type { Addition, Feature, FeatureOption } from './core-features.ts';
import { isGenerator } from './features/generators.ts';
import { Kernel } from './kernel/kernel.ts';
import { limit } from './kernel/limit.ts';
import { promised, throwIfAborted, waiting } from './kernel/settle.ts';

/** Options that mean nothing for one session. */
const ofConnections = ['retry', 'offline', 'defaults'] as const;
type OfConnections = (typeof ofConnections)[number];

type AnyFeature = Feature<FeatureOption, Addition, Addition>;
type Brought<F extends readonly AnyFeature[]> = NonNullable<F[number]['~brings']>;
/** The options of features that are not there. */
type Missing<F extends readonly AnyFeature[]> = Exclude<FeatureOption, Brought<F>[0]>;
type Added<F extends readonly AnyFeature[]> = Brought<F>[1];

interface FeatureOf {
  readonly requests: 'offline';
  readonly standing: 'durable';
}
/** What the compiler says where a feature needs another that is not there. */
type Complete<F extends readonly AnyFeature[]> = [Exclude<Brought<F>[2], Added<F>>] extends [never]
  ? unknown
  : `expected the feature ${FeatureOf[Exclude<Brought<F>[2], Added<F>> & keyof FeatureOf]}, which another one needs`;

/** A session, with what the features add. */
export type Joined<Api extends ApiShape, F extends readonly AnyFeature[]> = Omit<
  Session<Api, Missing<F>>,
  Exclude<'rtt' | 'idle', Added<F>> | keyof Requester
> &
  Requester<Api, Missing<F>>;

/** A connection, with what the features add. */
export type Connected<Api extends ApiShape, F extends readonly AnyFeature[]> = Omit<CoreConnection<Api>, 'session' | 'open'> & {
  readonly session: Joined<Api, F> | undefined;
  open(options?: WaitOptions): Promise<Joined<Api, F>>;
} & ('requests' extends Added<F> ? Requester<Api, Missing<F>> : unknown) &
  ('standing' extends Added<F> ? Standing<Api, Missing<F>> : unknown);

/** `subscribe` and `register` of a connection. */
interface Standing<Api extends ApiShape, Missing extends PropertyKey> {
  /** All that are not closed. */
  readonly handles: readonly (DurableSubscription | DurableRegistration)[];
  register<A extends readonly unknown[], K extends object, P extends UriOf<ProceduresOf<Api>>>(
    procedure: OwnUri<ProceduresOf<Api>, P>,
    endpoint: EndpointAt<ProceduresOf<Api>, P, A, K>,
    options?: Without<RegisterOptions, Missing>,
  ): DurableRegistration;
  subscribe<A extends readonly unknown[], K extends object, T extends TopicOf<Subscribable<Api>, Kind>, Kind extends Match = Match>(
    topic: FitTopic<Subscribable<Api>, T, Kind>,
    handler: EventHandler<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>>,
    options?: Without<
      DurableSubscribeOptions<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>, Kind>,
      Missing
    >,
  ): DurableSubscription;
}

class ConnectionWith extends CoreConnection {
  constructor(options: object, features: readonly AnyFeature[]) {
    super(checkedOptions(options, features), features);
    const parts = { requests: this.verbs, standing: this.kernel.standing };
    for (const feature of features) Object.assign(this, feature['~verbs']?.(parts));
  }

  /** All that are not closed. */
  get handles(): readonly (DurableSubscription | DurableRegistration)[] {
    return this.kernel.standing?.handles ?? [];
  }
}

/**
 * A connection with these features and no other: it opens and closes, comes back after a loss, and tells its status. `offline` adds `call` and
 * `publish`, `durable` adds `subscribe` and `register`; the current session has all four anyway.
 *
 * @param options - Those of `Connection`, as far as they are of the kernel or of a feature that is there.
 * @param features - In any order.
 * @throws TypeError for wrong options, and for a feature that needs another.
 * @example
 * const connection = connect({ url: 'ws://127.0.0.1:8080/ws', realm: 'realm1' }, [offline, durable]);
 * const sum = await connection.call<number>('com.example.add', [2, 3]);
 */
export function connect<const F extends readonly AnyFeature[], Api extends ApiShape = Untyped>(
  options: Without<ConnectionOptions<Api>, Missing<F>>,
  features: F & Complete<F>,
): Connected<Api, F> {
  const connection: object = new ConnectionWith(options, inOrder(features));
  return connection as Connected<Api, F>;
}

/**
 * One session, and no reconnect.
 *
 * @param options - As of `connect`, without `retry`, `offline` and `defaults`.
 * @param features - Those for sessions; those of a connection add nothing here, and each still needs the others that it needs.
 * @param wait - `timeoutMs`: milliseconds, default none beside `joinTimeoutMs`. `signal`: gives up.
 * @returns Rejects with what `connection.open()` rejects with at the first attempt.
 * @throws TypeError for options that cannot be.
 * @example
 * const session = await join({ url: 'ws://127.0.0.1:8080/ws', realm: 'realm1' }, []);
 * await session.subscribe('com.example.news', ([headline]: [string]) => console.log(headline));
 */
export function join<const F extends readonly AnyFeature[], Api extends ApiShape = Untyped>(
  options: Without<ConnectionOptions<Api>, Missing<F> | OfConnections>,
  features: F & Complete<F>,
  wait: WaitOptions = {},
): Promise<Joined<Api, F>> {
  const all = inOrder(features);
  const given = checkedOptions(options, all);
  for (const name of ofConnections)
    if (given[name] !== undefined) throw new TypeError(`expected an option of join, got '${name}', which is for connections`);
  checkOptions('join', wait, waiting);
  const kernel = new Kernel(given, all, (error, where, uri) => toConsole(asError(error, { where, uri }), { where, uri }));
  for (const feature of all) feature.install(kernel);
  return promised<Joined<Api, F>>(({ resolve, reject }) => {
    throwIfAborted(wait);
    const failed = (error: unknown): void => {
      off();
      reject(error);
    };
    let dial: Dial;
    /** An address of the list each. */
    const go = (number: number, previous?: WampError): void => {
      dial = createDial(
        kernel,
        { number, previous },
        {
          dialing() {},
          joined(session) {
            off();
            const joined: object = session;
            resolve(joined as Joined<Api, F>);
          },
          failed(error) {
            // Another address does not help against these.
            const isFinal = error instanceof JoinError || error instanceof FatalError || error instanceof ProtocolError;
            if (isFinal || number >= dial.targets) failed(error);
            else go(number + 1, error);
          },
        },
      );
      dial.start();
    };
    const off = limit(
      kernel.clock,
      wait,
      (reason) => {
        failed(reason);
        dial.giveUp(asWampError(reason));
      },
      (ms) => new TimeoutError(`no session in ${ms} ms`),
    );
    go(1);
  });
}

/** Else what a generator yields would not be sent, and nobody would know why. */
const withoutGenerators: AnyFeature = {
  name: '',
  install(kernel) {
    kernel.outcome ??= (given, _session, { procedure }) => {
      if (isGenerator(given))
        throw new TypeError(`expected the feature generators for ${procedure}, whose endpoint is a generator`);
      return undefined;
    };
  },
};

/** Of these each is put around those before it, or waits after them. */
const ORDER: readonly string[] = ['durable', 'offline', 'waitForCallee', 'defaults', 'middleware'];

/** @throws TypeError for anything but features, and for a feature that needs another. */
function inOrder(features: readonly AnyFeature[]): readonly AnyFeature[] {
  if (!Array.isArray(features)) throw new TypeError(`expected a list of features, got ${show(features)}`);
  const stranger = features.filter((feature) => typeof feature?.install !== 'function');
  if (stranger.length > 0) throw new TypeError(`expected features of autostrada/core, got ${show(stranger[0])}`);
  const names = features.map(({ name }) => name);
  const missing = features.filter(({ '~needs': needs }) => needs && !names.includes(needs))[0];
  if (missing)
    throw new TypeError(`expected the feature ${missing['~needs']}, which ${missing.name} needs, got ${names.join(', ')}`);
  return [...features, withoutGenerators].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
}
