/// <reference lib="esnext.disposable" />
import { Match } from './index.js';
import { CoreConnection } from './types/core-connection.js';
import { Session, Requester, DurableSubscription, DurableRegistration, EndpointAt, DurableSubscribeOptions, ConnectionOptions } from './index.js';
import { ApiShape, UriOf, ProceduresOf, OwnUri, TopicOf, Subscribable, FitTopic, EventArgs, EventKwargs, Untyped } from './index.js';
import { WaitOptions, Without, RegisterOptions, EventHandler } from './index.js';
import './types/words.js';
import './types/credentials.js';
import './types/clock.js';
import './types/serializer.js';
import './types/transport.js';

/** The options that features bring, of connections and of verbs. */
type FeatureOption = 'contract' | 'defaults' | 'inputsFrom' | 'liveness' | 'maxConcurrency' | 'maxInputsAhead' | 'maxWaiting' | 'middleware' | 'offline' | 'passthru' | 'ppt_cipher' | 'ppt_keyid' | 'ppt_scheme' | 'ppt_serializer' | 'recoverWith' | 'retryOnLoss' | 'waitForCalleeMs' | 'whenOffline' | 'wireLog';
/** What a feature adds, besides options: verbs of a connection, or a method of sessions. */
type Addition = 'requests' | 'standing' | 'rtt' | 'idle';
/** A part of a client. `Options`: those that it brings. `Adds`: verbs or methods. `Needs`: what another feature has to add. */
interface Feature<Options extends FeatureOption = FeatureOption, Adds extends Addition = Addition, Needs extends Addition = never> {
    readonly name: string;
    /** Never there; carries the types. */
    readonly '~brings'?: readonly [Options, Adds, Needs];
}
/** `call`, `callResult` and `publish` of a connection, which wait while there is no session: `offline`, `whenOffline`, `retryOnLoss`. */
declare const offline: Feature<'offline' | 'whenOffline' | 'retryOnLoss', 'requests'>;
/** `subscribe` and `register` of a connection, for all sessions to come. */
declare const durable: Feature<never, 'standing'>;
/** Of `durable`: a procedure that our own lost session still has is waited for. */
declare const formerSessions: Feature<never, never, 'standing'>;
/** Of `durable`: `recoverWith` makes a subscription whole after a gap. */
declare const recovery: Feature<'recoverWith', never, 'standing'>;
/** `waitForCalleeMs` of a call. */
declare const waitForCallee: Feature<'waitForCalleeMs', never>;
/** `defaults` of a connection: for calls that do not say otherwise. */
declare const defaults: Feature<'defaults', never, 'requests'>;
/** `middleware` and `contract`. */
declare const middleware: Feature<'middleware' | 'contract', never>;
/** `passthru`, and the options `ppt_…`. */
declare const payloadPassthru: Feature<'passthru' | 'ppt_scheme' | 'ppt_serializer' | 'ppt_cipher' | 'ppt_keyid', never>;
/** `inputsFrom` of a call, `furtherInputs` of an invocation. */
declare const progressiveInputs: Feature<'inputsFrom' | 'maxInputsAhead', never>;
/** Endpoints that are generators: what they yield is progress. */
declare const generators: Feature<never, never>;
/** `maxConcurrency` and `maxWaiting` of a registration. */
declare const concurrency: Feature<'maxConcurrency' | 'maxWaiting', never>;
/** Notices a connection on which nothing comes any more; `session.rtt()`. */
declare const liveness: Feature<'liveness', 'rtt'>;
/** Uses what a browser says about network and page. */
declare const page: Feature<never, never>;
/** `session.idle()`. */
declare const idle: Feature<never, 'idle'>;
/** `wireLog`, and `DEBUG`. */
declare const wireLog: Feature<'wireLog', never>;

/** Options that mean nothing for one session. */
declare const ofConnections: readonly ["retry", "offline", "defaults"];
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
type Complete<F extends readonly AnyFeature[]> = [Exclude<Brought<F>[2], Added<F>>] extends [never] ? unknown : `expected the feature ${FeatureOf[Exclude<Brought<F>[2], Added<F>> & keyof FeatureOf]}, which another one needs`;
/** A session, with what the features add. */
type Joined<Api extends ApiShape, F extends readonly AnyFeature[]> = Omit<Session<Api, Missing<F>>, Exclude<'rtt' | 'idle', Added<F>> | keyof Requester> & Requester<Api, Missing<F>>;
/** A connection, with what the features add. */
type Connected<Api extends ApiShape, F extends readonly AnyFeature[]> = Omit<CoreConnection<Api>, 'session' | 'open'> & {
    readonly session: Joined<Api, F> | undefined;
    open(options?: WaitOptions): Promise<Joined<Api, F>>;
} & ('requests' extends Added<F> ? Requester<Api, Missing<F>> : unknown) & ('standing' extends Added<F> ? Standing<Api, Missing<F>> : unknown);
/** `subscribe` and `register` of a connection. */
interface Standing<Api extends ApiShape, Missing extends PropertyKey> {
    /** All that are not closed. */
    readonly handles: readonly (DurableSubscription | DurableRegistration)[];
    register<A extends readonly unknown[], K extends object, P extends UriOf<ProceduresOf<Api>>>(procedure: OwnUri<ProceduresOf<Api>, P>, endpoint: EndpointAt<ProceduresOf<Api>, P, A, K>, options?: Without<RegisterOptions, Missing>): DurableRegistration;
    subscribe<A extends readonly unknown[], K extends object, T extends TopicOf<Subscribable<Api>, Kind>, Kind extends Match = Match>(topic: FitTopic<Subscribable<Api>, T, Kind>, handler: EventHandler<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>>, options?: Without<DurableSubscribeOptions<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>, Kind>, Missing>): DurableSubscription;
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
declare function connect<const F extends readonly AnyFeature[], Api extends ApiShape = Untyped>(options: Without<ConnectionOptions<Api>, Missing<F>>, features: F & Complete<F>): Connected<Api, F>;
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
declare function join<const F extends readonly AnyFeature[], Api extends ApiShape = Untyped>(options: Without<ConnectionOptions<Api>, Missing<F> | OfConnections>, features: F & Complete<F>, wait?: WaitOptions): Promise<Joined<Api, F>>;

export { concurrency, connect, defaults, durable, formerSessions, generators, idle, join, liveness, middleware, offline, page, payloadPassthru, progressiveInputs, recovery, waitForCallee, wireLog };
export type { Connected, Feature, FeatureOption, Joined };
