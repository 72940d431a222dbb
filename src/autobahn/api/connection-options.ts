/* The options of a connection, and the modules of `autobahn`, under the names that @types/autobahn made familiar. */
import type { LivenessOptions } from '../../index.ts';
import type { Any } from '../base/any.ts';
import type { BackoffOptions } from '../base/backoff.ts';
import type { DeferFactory, DeferOptions } from '../promises/deferred.ts';
import type { OnChallengeHandler } from './session-api.ts';
import type { ISerializer, ITlsConfiguration, ITransportDefinition } from './transport-api.ts';
import type { OnInternalErrorHandler, OnUserErrorHandler } from './verbs.ts';

/** Upgrades, all off by default: a program that sets none behaves as under Autobahn|JS. */
export interface Upgrades {
  /**
   * Subscriptions and registrations come back after a reconnect, with the handlers they had, and their objects stay valid. What `onopen` asks for
   * again replaces what came back, so a program that does everything again there need not change.
   */
  restore?: boolean | undefined;
  /** Notices dead connections. Off by default; `{}` has the client's defaults. */
  liveness?: LivenessOptions | false | undefined;
  /** Connects again also after GOODBYE, and after an ABORT whose reason may pass. */
  retry_on_goodbye?: boolean | undefined;
}

export interface IConnectionOptions extends BackoffOptions, DeferOptions {
  url?: string | undefined;
  realm?: string | undefined;
  transports?: ITransportDefinition[] | undefined;
  /** Of `autobahn.serializer`, or your own. Default `[new JSONSerializer()]`. */
  serializers?: ISerializer[] | undefined;
  protocols?: string[] | undefined;
  tlsConfiguration?: ITlsConfiguration | undefined;
  retry_if_unreachable?: boolean | undefined;
  max_retries?: number | undefined;
  initial_retry_delay?: number | undefined;
  max_retry_delay?: number | undefined;
  retry_delay_growth?: number | undefined;
  retry_delay_jitter?: number | undefined;
  authmethods?: string[] | undefined;
  authid?: string | undefined;
  authextra?: Any;
  onchallenge?: OnChallengeHandler | undefined;
  on_user_error?: OnUserErrorHandler | undefined;
  on_internal_error?: OnInternalErrorHandler | undefined;
  use_es6_promises?: boolean | undefined;
  use_deferred?: DeferFactory | undefined;
  /** Accepted, and without effect, as in 26.x: see `upgrades.liveness`. */
  autoping_interval?: number | undefined;
  autoping_timeout?: number | undefined;
  autoping_size?: number | undefined;
  skip_subprotocol_check?: boolean | undefined;
  skip_subprotocol_announce?: boolean | undefined;
  upgrades?: Upgrades | undefined;
}

/** What `Connection.onclose` is told. */
export interface IOnCloseDetails {
  reason: string | null;
  message: string | null;
  /** In seconds. */
  retry_delay: number | null;
  retry_count: number | null;
  will_retry: boolean;
}

export interface IUtil {
  assert(condition: boolean, message: string): void;
}
export interface ILog {
  debug(...items: Any[]): void;
  warn(...items: Any[]): void;
}
export interface IAuthCra {
  sign(key: string, challenge: string): string;
  derive_key(secret: string, salt: string, iterations?: number, keylen?: number): string;
}
