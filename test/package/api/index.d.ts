/// <reference lib="esnext.disposable" />
import { Secret, Credentials } from './types/peers.js';
export { AcknowledgedOptions, AnyRequester, ApiShape, ApplicationError, ArgsIn, ArgsOf, Attempt, CallOptions, CallOptionsOf, Callable, Connection, ConnectionEvents, ConnectionLostError, ConnectionOptions, DoesNotFitTheContract, DurableHandle, DurableRegistration, DurableSubscription, Endpoint, EndpointOf, Environment, ErrorCause, ErrorContext, EventDetails, EventHandler, Exact, Extensions, FatalError, FullResult, HandleState, HistoryCut, HistoryEvent, HistoryFilter, IdsByMatch, InputOf, InvocationDetails, JoinError, KillKwargs, KnownUri, KwargsIn, KwargsOf, LeaveOptions, Login, Mapped, MatchingSpec, MatchingUri, NoKeywords, OfflineOptions, OneOrMore, OpenUri, OwnUri, PatternOf, Payload, PayloadPassthruOptions, ProcedureSpec, ProceduresOf, ProgressOf, ProtocolError, Publication, PublishOptions, RegisterOptions, Registration, RegistrationInfo, Requester, Result, ResultOf, RetryDecision, RetryOptions, RouterFeatures, SerializationError, Session, SessionInfo, SpecOf, Status, Subscribable, SubscribeOptions, Subscription, SubscriptionInfo, Targets, TimeoutError, TopicSpec, TopicsOf, TransportError, UnacknowledgedOptions, Untyped, UriIsNotInTheContract, UriIsReserved, WaitOptions, WampError, WampEvent, WampProcedures, WampTopics, WelcomeDetails, WildcardTemplate, WireLogEntry, anonymous } from './types/peers.js';
import { Dict } from './types/uri.js';
export { Awaitable, Clock, Closed, Connector, Dial, Frame, Id, Match, Off, Transport, TransportReceiver, Uri } from './types/uri.js';
import { Serializer } from './types/serializer.js';

/**
 * Logs in with a ticket: a password or a token (WAMP method `ticket`).
 *
 * It travels as it is: over an open network only by `wss://`.
 *
 * @param options - `ticket`: the secret, or a function that gets it, asked only when the router picks this method; `attempt.previous` tells
 * it why the last login failed. `authextra`: more for HELLO.
 * @throws TypeError when `authid` or `ticket` is missing.
 * @see {@link https://wamp-proto.org/wamp_latest_ietf.html | WAMP, "Ticket-based Authentication"}
 */
declare function ticket(options: {
    readonly authid: string;
    readonly ticket: Secret;
    readonly authextra?: Dict | undefined;
}): Credentials;

interface JsonOptions {
    /** As for `JSON.stringify`; sees each value before anything else does. Default: none. Use it to send what JSON does not have, as BigInt. */
    readonly replacer?: ((key: string, value: unknown) => unknown) | undefined;
    /** As for `JSON.parse`; sees bytes as `Uint8Array`. Default: none. */
    readonly reviver?: ((key: string, value: unknown) => unknown) | undefined;
}
/**
 * The JSON serializer, `wamp.2.json`.
 *
 * Payloads are JSON values and `Uint8Array`; `__proto__` members are left out, in both directions.
 */
declare function json(options?: JsonOptions): Serializer;

export { Credentials, Dict, Secret, Serializer, json, ticket };
export type { JsonOptions };
