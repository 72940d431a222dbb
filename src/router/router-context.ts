import type { Awaitable, Uri } from '../base/words.ts';
import type { RandomIds } from '../protocol/ids.ts';
import type { FormatOf } from '../serializer/formats/formats.ts';
import type { Transport } from '../transport/transport.ts';
import type { Settings } from './config/config.ts';
import type { AllHoldings } from './limits/holdings.ts';
import type { Tally } from './limits/out-queue.ts';
import type { Queues } from './limits/queues.ts';
import type { Counted, TrafficSums } from './limits/traffic.ts';
import type { Realm } from './realm.ts';
import type { LiveSession } from './session/session.ts';
import type { TransportInfo } from './session/transport-info.ts';
import type { Principal } from './session/user.ts';
import type { Counts, LoginThrottle } from './together/counts.ts';

/** What all connections of a router share. */
export interface RouterContext {
  readonly settings: Settings;
  readonly ids: RandomIds;
  readonly tally: Tally;
  readonly queues: Queues;
  readonly holdings: AllHoldings;
  /** Undefined: this router counts alone. */
  readonly counts: Counts | undefined;
  readonly throttle: LoginThrottle;
  readonly traffic: TrafficSums;
  readonly formatOf: FormatOf;
  /** Made on first use: an open realm works without a secure source of random numbers. */
  routerSecret(): Uint8Array;
  realm(name: string): Realm | undefined;
  joined(session: LiveSession): void;
  left(session: LiveSession, reason: Uri): void;
}

/** A connection that begins. */
export interface Incoming {
  readonly transport: Transport;
  readonly info: TransportInfo;
  /** In this process: who it is, without a login. */
  readonly principal: Principal | undefined;
}

/** How a connection reports to those who count connections. */
export interface ConnectionHost {
  /** The connection has no session. */
  waits(connection: Dismissible, info: TransportInfo): void;
  /** Called before it gets a session: whether there is room. */
  admits(connection: Dismissible): Awaitable<boolean>;
  /** The connection is gone. */
  closed(connection: Dismissible): void;
}

/** A connection that can be told to end. */
export interface Dismissible {
  /** Undefined: it has none. */
  readonly session: LiveSession | undefined;
  /** That of its last session. */
  readonly realm: Realm | undefined;
  /** Its session. Undefined: it has none. */
  readonly counted: Counted | undefined;
  dismiss(reason: Uri, text?: string): void;
  hangUp(): void;
}
