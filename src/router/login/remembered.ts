/*
 * Logins that hosts remember, so that browsers need not log in again. A remembered login of a user of the configuration counts as long as the user has the same secrets and the same authrole.
 */
import type { Awaitable, Off } from '../../base/words.ts';
import type { TransportInfo } from '../session/transport-info.ts';
import type { UserConfig } from '../session/user.ts';
import type { Identity } from './identity.ts';

/** Which remembered logins; an empty one: all. */
export interface LoginFilter {
  readonly realm?: string | undefined;
  readonly authid?: string | undefined;
}

/** Remembers logins, for hosts. */
export interface LoginKeeper {
  /** @returns How many it has forgotten. */
  forget(filter: LoginFilter): Awaitable<number>;
}

export class RememberedLogins {
  private readonly keepers = new Set<LoginKeeper>();

  add(keeper: LoginKeeper): Off {
    this.keepers.add(keeper);
    return () => void this.keepers.delete(keeper);
  }

  /** @returns How many were forgotten. */
  async forget(filter: LoginFilter): Promise<number> {
    const counts = await Promise.all([...this.keepers].map(async (keeper) => keeper.forget(filter)));
    return counts.reduce((sum, count) => sum + count, 0);
  }
}

/** The host remembers this login. */
export function remember(
  { realm, transport: { remembering }, sources }: RememberingContext,
  { authid, authrole, authprovider, authextra }: Identity,
): void {
  if (!remembering) return;
  const user = authprovider === 'static' ? sources.users.get(authid) : undefined;
  const seal = user && remembering.seal(proofsOf(user));
  remembering.keep({ realm, authid, authrole, authprovider, authextra, seal });
}

/** @returns The login that the host remembers of this connection, if it still counts. */
export async function remembered({
  realm,
  transport: { remembering },
  sources,
}: RememberingContext): Promise<Identity | undefined> {
  const login = await remembering?.recall();
  if (!remembering || login?.realm !== realm) return undefined;
  const { authid, authrole, authprovider, authextra, seal } = login;
  const identity = { authid, authrole, authmethod: 'cookie', authprovider, authextra };
  if (authprovider !== 'static') return identity;
  const user = sources.users.get(authid);
  if (user?.authrole === authrole && seal === remembering.seal(proofsOf(user))) return identity;
  // The configuration has changed since. It does not count again later, should that be taken back.
  remembering.forget();
  return undefined;
}

/** What a login of this user is proved by, as text. It has secrets. */
export function proofsOf({ ticket, wampcra, scram, cryptosign }: UserConfig): string {
  return JSON.stringify([ticket, wampcra, scram, cryptosign]);
}

interface RememberingContext {
  readonly realm: string;
  readonly transport: TransportInfo;
  readonly sources: { readonly users: Users };
}

type Users = ReadonlyMap<string, UserConfig>;

/** Users whose remembered logins do not count any more: they are gone, or have other secrets, or another authrole. */
export function changedUsers(before: Users, after: Users): readonly string[] {
  return [...before].flatMap(([authid, user]) => {
    const now = after.get(authid);
    return now && now.authrole === user.authrole && proofsOf(now) === proofsOf(user) ? [] : [authid];
  });
}
