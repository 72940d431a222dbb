/* The users of a router, as a configuration or the hook `findUser` describes them. */

import type { CraEntry } from '../../auth/methods/wampcra.ts';
import type { ScramEntry } from '../../auth/scram-entry.ts';
import type { Awaitable, Dict, Id } from '../../base/words.ts';
import type { TransportInfo } from './transport-info.ts';

/** A principal that needs no login. */
export interface Principal {
  readonly authid?: string | undefined;
  readonly authrole: string;
  /** Sent in WELCOME. */
  readonly authextra?: Dict | undefined;
}

/** A client that the hook `recognize` knows. */
export interface Recognized extends Principal {
  /** For WELCOME and the meta API: how. Default `http`. */
  readonly authmethod?: string | undefined;
}

/** A user, with the data for each login method. Each present method is offered. */
export interface UserConfig {
  /** One of the authroles of the realm. */
  readonly authrole: string;
  /** The secret itself. It travels in plain text. */
  readonly ticket?: string | undefined;
  readonly wampcra?: CraEntry | undefined;
  /** `scramEntry` of `autostrada/scram` makes one. */
  readonly scram?: ScramEntry | undefined;
  /** Ed25519 keys, each of 64 hex digits. */
  readonly cryptosign?: { readonly publicKeys: readonly string[] } | undefined;
  /** Sent in WELCOME. */
  readonly authextra?: Dict | undefined;
}

/** In code a ticket may also be checked by a function (a JWT), which may name the user it belongs to. */
export interface User extends Omit<UserConfig, 'ticket'> {
  /** The authid of the session. Default: the claimed one. */
  readonly authid?: string | undefined;
  readonly ticket?: string | ((ticket: string) => Awaitable<boolean | Principal>) | undefined;
}

export interface UserQuery {
  readonly realm: string;
  readonly authid: string | undefined;
  readonly authmethods: readonly string[];
  readonly authextra: Dict;
  readonly transport: TransportInfo;
  /** The id that the session will have. */
  readonly session: Id;
}
