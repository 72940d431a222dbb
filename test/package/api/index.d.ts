/// <reference lib="esnext.disposable" />
export { AcknowledgedOptions, AnyRequester, ApiShape, ApplicationError, ArgsIn, ArgsOf, Attempt, CallOptions, CallOptionsOf, Callable, Connection, ConnectionEvents, ConnectionLostError, ConnectionOptions, Credentials, DoesNotFitTheContract, DurableHandle, DurableRegistration, DurableSubscription, Endpoint, EndpointOf, Environment, ErrorCause, ErrorContext, EventDetails, EventHandler, Exact, Extensions, FatalError, FullResult, HandleState, HistoryEvent, HistoryFilter, IdsByMatch, InputOf, InvocationDetails, JoinError, KillKwargs, KnownUri, KwargsIn, KwargsOf, LeaveOptions, Login, Mapped, MatchingSpec, MatchingUri, NoKeywords, OfflineOptions, OneOrMore, OpenUri, OwnUri, PatternOf, Payload, PayloadPassthruOptions, ProcedureSpec, ProceduresOf, ProgressOf, ProtocolError, Publication, PublishOptions, RegisterOptions, Registration, RegistrationInfo, Requester, Result, ResultOf, RetryDecision, RetryOptions, RouterFeatures, SerializationError, Session, SessionInfo, SpecOf, Status, Subscribable, SubscribeOptions, Subscription, SubscriptionInfo, Targets, TimeoutError, TopicSpec, TopicsOf, TransportError, UnacknowledgedOptions, Untyped, UriIsNotInTheContract, UriIsReserved, WaitOptions, WampError, WampEvent, WampProcedures, WampTopics, WelcomeDetails, WildcardTemplate, WireLogEntry, anonymous } from './types/peers.js';
export { Awaitable, Clock, Closed, Connector, Dial, Dict, Frame, Id, Match, Off, Transport, TransportReceiver, Uri } from './types/uri.js';
import { Serializer } from './types/serializer.js';

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

export { Serializer, json };
export type { JsonOptions };
