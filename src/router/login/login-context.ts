/* What a login needs of its router and its realm, and how it answers. */
import type { Awaitable, Dict, Id, Uri } from '../../base/words.ts';
import type { Settings } from '../config/config.ts';
import type { UserSources } from '../config/users.ts';
import type { LoginRefusal } from '../limits/login-refusals.ts';
import type { TransportInfo } from '../session/transport-info.ts';
import type { User } from '../session/user.ts';
import type { LoginThrottle } from '../together/counts.ts';
import type { Identity } from './identity.ts';

/** The answers of a login to the client. After `admit` or `refuse` there are no more. */
export interface Doorkeeper {
  challenge(authmethod: string, extra: Dict): void;
  admit(identity: Identity): void;
  refuse(reason: Uri, text: string): void;
  /** Refuses without an answer that a client takes for final: it comes again later. */
  turnAway(): void;
}

export interface LoginContext {
  readonly realm: string;
  /** The authrole of clients without credentials; undefined: they may not join. */
  readonly anonymous: string | undefined;
  /** Everybody is let in, under any name: for development. */
  readonly isOpen: boolean;
  readonly sources: UserSources;
  /** Methods that some user of this realm has: an unknown user gets a challenge of one of them. */
  readonly authmethods: ReadonlySet<string>;
  /** By method, the configured users who have it. */
  readonly listed: ReadonlyMap<string, readonly User[]>;
  /** The router's own key in this realm. */
  readonly routerKey: string | undefined;
  readonly session: Id;
  /** The authid of an anonymous client. */
  newAuthid(): string;
  readonly transport: TransportInfo;
  readonly settings: Settings;
  readonly throttle: LoginThrottle;
  routerSecret(): Uint8Array;
  /** Called before it gets a session: whether there is room. */
  hasRoom(): Awaitable<boolean>;
  /** Counts a login that fails. */
  refused(why: LoginRefusal): void;
}
