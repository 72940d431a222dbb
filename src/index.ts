/**
 * WAMP for TypeScript: the client.
 *
 * The router is `autostrada/router`, what only Node has is `autostrada/node`, MessagePack is `autostrada/msgpack`, CBOR is
 * `autostrada/cbor`.
 *
 * @module
 */

// ── for authors of logins, serializers and transports
export { type Attempt, anonymous, type Credentials, type Login, type LoginLine, type Secret } from './auth/credentials.ts';
export { ticket } from './auth/ticket.ts';
// ── for users
export { type CallStream, callStream } from './client/call-stream.ts';
export { Connection } from './client/connection.ts';
export type * from './client/connection-options.ts';
export type * from './client/contract.ts';
export { defineError, type ErrorDefinition } from './client/define-error.ts';
export { type DrainReport, drain } from './client/drain.ts';
export type { DurableHandle, DurableRegistration, DurableSubscription, HandleState } from './client/durable.ts';
export type * from './client/durable-options.ts';
export type * from './client/environment.ts';
export { type EventStream, events, nextEvent } from './client/events.ts';
export { fromHistory } from './client/from-history.ts';
export {
  type CallContext,
  type Contract,
  defineMiddleware,
  type EventContext,
  type Hooks,
  type InvocationContext,
  type Middleware,
  type PublishContext,
} from './client/middleware.ts';
export type * from './client/options.ts';
export type {
  EventDetails,
  Extensions,
  InvocationDetails,
  PayloadPassthru,
  PayloadPassthruOptions,
  Publication,
  WampEvent,
} from './client/payload.ts';
export { passthru } from './client/payload-packing.ts';
export type { AnyPeer, AnyRequester, ApiOf, Peer } from './client/peers.ts';
export type { Gap, Recovery, RecoveryContext } from './client/recovery.ts';
export { type Endpoints, type RegistrationGroup, registerAll } from './client/register-all.ts';
export { type Mapped, Result } from './client/result.ts';
export type * from './client/session-api.ts';
export { statuses } from './client/statuses.ts';
export type { BufferOptions } from './client/stream-buffer.ts';
export type * from './client/verbs.ts';
export type * from './client/wamp-api.ts';
export { type DefaultOptions, withOptions } from './client/with-options.ts';
export { workerClock } from './client/worker-clock.ts';
export type { Clock } from './clock.ts';
export {
  ApplicationError,
  ConnectionLostError,
  type ErrorCause,
  FatalError,
  JoinError,
  ProtocolError,
  SerializationError,
  TimeoutError,
  TransportError,
  WampError,
} from './errors.ts';
export type { Match } from './protocol/uri.ts';
export { type JsonOptions, json } from './serializer/json.ts';
export type { Serializer } from './serializer/serializer.ts';
export { type BatchedSerializer, batched } from './transport/batched.ts';
export type { Closed, Connector, Dial, Frame, Transport, TransportReceiver } from './transport/transport.ts';
export { webSocketConnector } from './transport/websocket.ts';
export type { Awaitable, Dict, Id, Off, Uri } from './words.ts';
