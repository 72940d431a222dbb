/// <reference lib="esnext.disposable" />
import { Secret, Credentials } from './types/credentials.js';
export { ApplicationError, Attempt, ConnectionLostError, ErrorCause, FatalError, JoinError, Login, LoginLine, ProtocolError, SerializationError, TimeoutError, TransportError, WampError, anonymous } from './types/credentials.js';
import { Dict } from './types/words.js';
export { Awaitable, Id, Off, Uri } from './types/words.js';
import { PayloadPassthru } from './types/peers.js';
export { AcknowledgedOptions, AnyRequester, ApiShape, ArgsIn, ArgsOf, CallOptions, CallOptionsOf, Callable, Connection, ConnectionEvents, ConnectionOptions, DoesNotFitTheContract, DurableHandle, DurableRegistration, DurableSubscription, Endpoint, EndpointOf, Environment, ErrorContext, EventDetails, EventHandler, Exact, Extensions, FullResult, HandleState, HistoryCut, HistoryEvent, HistoryFilter, IdsByMatch, InputOf, InvocationDetails, KillKwargs, KnownUri, KwargsIn, KwargsOf, LeaveOptions, Mapped, MatchingSpec, MatchingUri, NoKeywords, OfflineOptions, OneOrMore, OpenUri, OwnUri, PatternOf, Payload, PayloadPassthruOptions, ProcedureSpec, ProceduresOf, ProgressOf, Publication, PublishOptions, RegisterOptions, Registration, RegistrationInfo, Requester, Result, ResultOf, RetryDecision, RetryOptions, RouterFeatures, Session, SessionInfo, SpecOf, Status, Subscribable, SubscribeOptions, Subscription, SubscriptionInfo, Targets, TopicSpec, TopicsOf, UnacknowledgedOptions, Untyped, UriIsNotInTheContract, UriIsReserved, WaitOptions, WampEvent, WampProcedures, WampTopics, WelcomeDetails, WildcardTemplate, WireLogEntry } from './types/peers.js';
import { Serializer } from './types/serializer.js';
export { Clock, Match } from './types/uri.js';
import { Transport } from './types/transport.js';
export { Closed, Connector, Dial, Frame, TransportReceiver } from './types/transport.js';

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

/**
 * For `ConnectionOptions.passthru`: packs by the serializer that `ppt_serializer` names, and announces the feature to the router.
 *
 * What WAMP does not allow together is a TypeError, and nothing is sent: the scheme `wamp` needs the serializer `cbor` or `flatbuffers`,
 * `mqtt` takes no cipher and no key, a scheme of one's own begins with `x_`. With a cipher, with `native`, and without a serializer, args
 * are one `Uint8Array`, which both sides see as it is; all else is a {@link SerializationError}.
 *
 * @param options - `serializers`: beside JSON, which is always there.
 * @example new Connection({ url, realm, passthru: passthru({ serializers: [msgpack()] }) });
 */
declare function passthru(options?: {
    readonly serializers?: readonly Serializer[] | undefined;
}): PayloadPassthru;

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

/** A serializer for lines whose frames hold several messages. */
interface BatchedSerializer extends Serializer {
    /** The same for single messages. */
    readonly plain: Serializer;
    /** From a line of batches to a line of messages. `limit`: the most bytes of one message that comes. */
    unbatch(batches: Transport, limit?: number): Transport;
}
/**
 * Offers a serializer for batches: `wamp.2.json.batched` in place of `wamp.2.json`, several messages in one WebSocket message.
 *
 * Routers of Autostrada take both. Crossbar.io takes batches of MessagePack and CBOR; its batches of JSON are not those of the
 * specification, so do not offer it `batched(json())`. A line that knows no batches (a router in this process) takes it as the plain one.
 *
 * @see WAMP, "Batched WebSocket Transport"
 * @example new Connection({ url, realm, serializers: [batched(msgpack()), msgpack(), json()] });
 */
declare function batched(serializer: Serializer): BatchedSerializer;

export { Credentials, Dict, PayloadPassthru, Secret, Serializer, Transport, batched, json, passthru, ticket };
export type { BatchedSerializer, JsonOptions };
