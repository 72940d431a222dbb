/* Who may be somebody: what a configuration, or the hook `findUser`, says of a user. */

import type { CraEntry } from '../../auth/methods/wampcra.ts';
import type { ScramEntry } from '../../auth/scram-entry.ts';
import type { Awaitable, Dict, Id } from '../../words.ts';
import type { TransportInfo } from './transport-info.ts';

/** Who somebody is, without asking. */
export interface Principal {
  readonly authid?: string | undefined;
  readonly authrole: string;
  /** Sent in WELCOME. */
  readonly authextra?: Dict | undefined;
}

/** A user, and what may prove him. Each present method is offered. */
export interface UserConfig {
  readonly authrole: string;
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
  /** What the session's authid becomes. Default: the one that was claimed. */
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
