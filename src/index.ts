/**
 * WAMP for TypeScript: the client.
 *
 * The router is `autostrada/router`, what only Node has is `autostrada/node`, MessagePack is `autostrada/msgpack`, CBOR is
 * `autostrada/cbor`.
 *
 * @module
 */

// ── for authors of logins, serializers and transports
export { type Attempt, anonymous, type Credentials, type Login, type LoginChannel, type Secret } from './auth/credentials.ts';
export { ticket } from './auth/ticket.ts';
export type { Clock } from './base/clock.ts';
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
} from './base/errors.ts';
export type { Awaitable, Dict, Id, Off, Uri } from './base/words.ts';
export type * from './client/api/connection-options.ts';
export type * from './client/api/contract.ts';
export type * from './client/api/durable-options.ts';
export type * from './client/api/environment.ts';
export type { DurableHandle, DurableRegistration, DurableSubscription, HandleState } from './client/api/handles.ts';
export type {
  CallContext,
  Contract,
  EventContext,
  Hooks,
  InvocationContext,
  Middleware,
  PublishContext,
} from './client/api/middleware-api.ts';
export type * from './client/api/options.ts';
export type {
  EventDetails,
  Extensions,
  InvocationDetails,
  PayloadPassthru,
  PayloadPassthruOptions,
  Publication,
  WampEvent,
} from './client/api/payload.ts';
export type { Gap, Recovery, RecoveryContext } from './client/api/recovery.ts';
export { type Mapped, Result } from './client/api/result.ts';
export type * from './client/api/session-api.ts';
export type * from './client/api/verbs.ts';
export type * from './client/api/wamp-api.ts';
export { Connection } from './client/connection.ts';
export { defineMiddleware } from './client/features/middleware/middleware.ts';
// ── for users
export { type CallStream, callStream } from './client/functions/call-stream.ts';
export { defineError, type ErrorDefinition } from './client/functions/define-error.ts';
export { type DrainReport, drain } from './client/functions/drain.ts';
export { type EventStream, events, nextEvent } from './client/functions/events.ts';
export { fromHistory } from './client/functions/from-history.ts';
export { passthru } from './client/functions/payload-packing.ts';
export type { AnyPeer, AnyRequester, ApiOf, Peer } from './client/functions/peers.ts';
export { type Endpoints, type RegistrationGroup, registerAll } from './client/functions/register-all.ts';
export { statuses } from './client/functions/statuses.ts';
export type { BufferOptions } from './client/functions/stream-buffer.ts';
export { type DefaultOptions, withOptions } from './client/functions/with-options.ts';
export { workerClock } from './client/functions/worker-clock.ts';
export type { Match } from './protocol/uri.ts';
export { type JsonOptions, json } from './serializer/json.ts';
export type { Serializer } from './serializer/serializer.ts';
export { type BatchedSerializer, batched } from './transport/batched.ts';
export type { Closed, Connector, Dial, Frame, Transport, TransportReceiver } from './transport/transport.ts';
export { webSocketConnector } from './transport/websocket.ts';
