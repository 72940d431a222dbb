/*
 * The router's side of a way to log in. What client and router must compute alike (texts that are signed, keys) is written
 * once, in `auth/`, so that the two cannot differ. The router's login (`router/login/login.ts`) picks a method, sends what
 * `challenge` gives and calls `verify`. Only the login decides.
 */
import type { Awaitable, Dict, Id } from '../../base/words.ts';

/** What a client claims to be, and what is known about the user that it names. */
export interface Claim {
  readonly realm: string;
  /** The authid that the session will have. */
  readonly authid: string;
  /** HELLO.Details.authid, unchanged; empty if it was absent. */
  readonly claimedAuthid: string;
  /** The user's role. If there is no such user, it is what a real user could have. */
  readonly authrole: string;
  readonly authprovider: string;
  readonly authextra: Dict;
  /** The id that the session will have. */
  readonly session: Id;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Bytes that only the two ends of this TLS connection know (WAMP "TLS Channel Binding"). Undefined if there are none. */
  channelBinding?(type: string): Uint8Array | undefined;
  /**
   * A secret of this router. It makes values that look random and are the same each time, such as the salt of a user who does
   * not exist.
   */
  readonly routerSecret: Uint8Array;
  /** The seed of the router's own Ed25519 key, 64 hex digits. With it the router proves who it is (WAMP-cryptosign). */
  readonly routerKey: string | undefined;
}

/** One round of a login. It is used once. */
export interface Verifier {
  /** Gives CHALLENGE.Extra. If it throws, the login is refused as with a `JoinError`: `uri` and message go into ABORT. */
  challenge(): Awaitable<Dict>;
  /** Checks AUTHENTICATE. The result's `authextra` goes into WELCOME. */
  verify(signature: string, extra: Dict): Awaitable<Proof>;
}

export interface Proof {
  readonly isValid: boolean;
  /** The user, if the proof itself names one, as a token does. Default: the user that was claimed. */
  readonly principal?:
    | { readonly authid?: string | undefined; readonly authrole: string; readonly authextra?: Dict | undefined }
    | undefined;
  readonly authextra?: Dict | undefined;
}

/**
 * A way to log in, at the router. `Entry` is what the router keeps for a user.
 *
 * `entry` is undefined if there is no such user, or the user cannot log in this way. Then the round looks the same and takes
 * the same time, and fails. `like` is the entry of another user of this realm; a round for an unknown user looks like a round
 * for that user.
 */
export interface Method<Entry> {
  readonly authmethod: string;
  begin(claim: Claim, entry: Entry | undefined, like?: Entry): Verifier;
}
