/*
 * The router's side of a way to log in. What client and router must make alike (texts that are signed, keys) stands once, in `auth/`, so that the two
 * cannot drift. The router's login (`router/login/login.ts`) picks a method, sends what `challenge` gives and asks `verify`; it alone says yes or no.
 */
import type { Awaitable, Dict, Id } from '../../base/words.ts';

/** Who wants in, as far as the claim goes, and what is known of whom it names. */
export interface Claim {
  readonly realm: string;
  /** As the session will have it. */
  readonly authid: string;
  /** HELLO.Details.authid, word for word; empty when there was none. */
  readonly claimedAuthid: string;
  /** Of the user; of somebody like him when there is no such user. */
  readonly authrole: string;
  readonly authprovider: string;
  /** HELLO.Details.authextra */
  readonly authextra: Dict;
  /** The id that the session will have. */
  readonly session: Id;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Bytes that both ends of this TLS connection know and nobody else, or undefined (WAMP "TLS Channel Binding"). */
  channelBinding?(type: string): Uint8Array | undefined;
  /** A secret of this router, for what must look random and be the same each time (the salt of a user that is not there). */
  readonly routerSecret: Uint8Array;
  /** The seed of the router's own Ed25519 key, 64 hex digits, by which it proves itself (WAMP-cryptosign). */
  readonly routerKey: string | undefined;
}

/** One round of a login. Used once. */
export interface Verifier {
  /** CHALLENGE.Extra. What it throws refuses the login as a `JoinError` does: its `uri` and message go into ABORT. */
  challenge(): Awaitable<Dict>;
  /** AUTHENTICATE, checked. `authextra` goes into WELCOME. */
  verify(signature: string, extra: Dict): Awaitable<Proof>;
}

export interface Proof {
  readonly isValid: boolean;
  /** Who it turned out to be, where the proof itself says so (a token). Default: the user that was claimed. */
  readonly principal?:
    | { readonly authid?: string | undefined; readonly authrole: string; readonly authextra?: Dict | undefined }
    | undefined;
  readonly authextra?: Dict | undefined;
}

/**
 * A method as the router has it. `Entry` is what it keeps for a user.
 *
 * `entry` undefined: there is no such user, or he cannot prove himself this way. Then the round looks the same and costs the same, and fails.
 * `like`: what somebody else of this realm has, whom the round then resembles.
 */
export interface Method<Entry> {
  readonly authmethod: string;
  begin(claim: Claim, entry: Entry | undefined, like?: Entry): Verifier;
}
