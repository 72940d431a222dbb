/* The login methods of a router, and the data that each needs of a user. The work itself is in auth/methods/, one file per method. */
import { cryptosignMethod } from '../../auth/methods/cryptosign.ts';
import { oldScramEntry, oldScramMethod, scramMethod } from '../../auth/methods/scram.ts';
import { ticketMethod } from '../../auth/methods/ticket.ts';
import type { Claim, Method, Verifier } from '../../auth/methods/verifier.ts';
import { wampcraMethod } from '../../auth/methods/wampcra.ts';
import type { User } from '../session/user.ts';

export interface LoginMethod {
  readonly authmethod: string;
  /** Whether this user can log in by this method. */
  isOf(user: User): boolean;
  /** `like`: the real user whom a user who does not exist resembles. */
  begin(claim: Claim, user: User | undefined, like: User | undefined): Verifier;
}

function of<Entry>(method: Method<Entry>, entryOf: (user: User) => Entry | undefined): LoginMethod {
  return {
    authmethod: method.authmethod,
    isOf: (user) => entryOf(user) !== undefined,
    begin: (claim, user, like) => method.begin(claim, user && entryOf(user), like && entryOf(like)),
  };
}

const all: readonly LoginMethod[] = /* @__PURE__ */ (() => [
  of(ticketMethod, ({ ticket }) => ticket),
  of(wampcraMethod, ({ wampcra }) => wampcra),
  of(scramMethod, ({ scram }) => (scram?.kdf === 'argon2id-13' ? undefined : scram)),
  of(oldScramMethod, ({ scram }) => oldScramEntry(scram)),
  of(cryptosignMethod, ({ cryptosign }) => cryptosign),
])();

export const methods: ReadonlyMap<string, LoginMethod> = /* @__PURE__ */ new Map(all.map((method) => [method.authmethod, method]));
