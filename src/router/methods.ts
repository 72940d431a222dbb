/* The ways to log in that a router knows, and what each needs of a user. The work itself is in auth/, one file a method. */
import { ticketMethod } from '../auth/ticket.ts';
import type { Claim, Verifier } from '../auth/verifier.ts';
import type { User } from './users.ts';

export interface LoginMethod {
  readonly authmethod: string;
  /** Whether this user can prove himself so. */
  isOf(user: User): boolean;
  begin(claim: Claim, user: User | undefined): Verifier;
}

const all: readonly LoginMethod[] = [
  {
    authmethod: 'ticket',
    isOf: ({ ticket }) => ticket !== undefined,
    begin: (claim, user) => ticketMethod.begin(claim, user?.ticket),
  },
];

export const methods: ReadonlyMap<string, LoginMethod> = /* @__PURE__ */ new Map(all.map((method) => [method.authmethod, method]));
