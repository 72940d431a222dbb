/// <reference lib="esnext.disposable" />
import { Dict } from './words.js';
import { Match } from './uri.js';
import { CoreConnection, Requester, ConnectionOptions, DurableSubscription, DurableRegistration, CallOptionsOf, EndpointAt, DurableSubscribeOptions } from './core-connection.js';
import { ApiShape, Untyped, Said, Callable, UriOf, Payload, SpecOf, IfKnown, ResultOf, FullResult, TopicsOf, OwnUri, ProceduresOf, TopicOf, Subscribable, FitTopic, EventArgs, EventKwargs } from './contract.js';
import { Mapped, Result, PublishOptionsOf, Publication, RegisterOptions, EventHandler } from './middleware-api.js';

/**
 * The way to a router, through as many sessions as it takes.
 *
 * What is subscribed and registered here comes back after every reconnect. The first verb opens; `open()` is for programs that want the session
 * or the error.
 *
 * @example
 * const connection = new Connection({ url: 'ws://127.0.0.1:8080/ws', realm: 'realm1' });
 * connection.subscribe('com.example.news', ([headline]: [string]) => console.log(headline));
 * const sum = await connection.call<number>('com.example.add', [2, 3]);
 */
declare class Connection<Api extends ApiShape = Untyped> extends CoreConnection<Api> implements Requester<Api> {
    constructor(options: ConnectionOptions<Api>);
    /** All that are not closed. */
    get handles(): readonly (DurableSubscription | DurableRegistration)[];
    /** As on a session; without one it waits in a bounded queue (`whenOffline`, `ConnectionOptions.offline`). */
    call<R extends Said<Callable<Api>, unknown> = Said<Callable<Api>, unknown, never>, P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>>(procedure: P, ...payload: Payload<SpecOf<Callable<Api>, P>, CallOptionsOf<SpecOf<Callable<Api>, P>>>): Promise<IfKnown<Callable<Api>, P, Mapped<ResultOf<SpecOf<Callable<Api>, P>>>, R>>;
    /** As on a session; without one it waits in a bounded queue (`whenOffline`, `ConnectionOptions.offline`). */
    callResult<A extends Said<Callable<Api>, readonly unknown[]> = Said<Callable<Api>, readonly unknown[], never>, K extends Said<Callable<Api>, object> = Said<Callable<Api>, Dict, never>, P extends UriOf<Callable<Api>> = UriOf<Callable<Api>>>(procedure: P, ...payload: Payload<SpecOf<Callable<Api>, P>, CallOptionsOf<SpecOf<Callable<Api>, P>>>): Promise<IfKnown<Callable<Api>, P, FullResult<ResultOf<SpecOf<Callable<Api>, P>>>, Result<A, K>>>;
    /** As on a session; an unacknowledged event waits for the first one, and is dropped while a later one is missing (`whenOffline`). */
    publish<T extends UriOf<TopicsOf<Api>>, Acknowledge extends boolean | undefined = false>(topic: OwnUri<TopicsOf<Api>, T>, ...payload: Payload<SpecOf<TopicsOf<Api>, T>, PublishOptionsOf<Acknowledge>>): Acknowledge extends true ? Promise<Publication> : void;
    /**
     * Registers now and after every reconnect.
     *
     * @returns A handle, at once; `ready` is the promise.
     */
    register<A extends readonly unknown[], K extends object, P extends UriOf<ProceduresOf<Api>>>(procedure: OwnUri<ProceduresOf<Api>, P>, endpoint: EndpointAt<ProceduresOf<Api>, P, A, K>, options?: RegisterOptions): DurableRegistration;
    /**
     * Subscribes now and after every reconnect, with the same options.
     *
     * @returns A handle, at once; `ready` is the promise.
     */
    subscribe<A extends readonly unknown[], K extends object, T extends TopicOf<Subscribable<Api>, Kind>, Kind extends Match = Match>(topic: FitTopic<Subscribable<Api>, T, Kind>, handler: EventHandler<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>>, options?: DurableSubscribeOptions<EventArgs<Subscribable<Api>, T, Kind, A>, EventKwargs<Subscribable<Api>, T, Kind, K>, Kind>): DurableSubscription;
    private get untyped();
    private get standing();
}

export { Connection };
