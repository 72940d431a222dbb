import type { Dict } from '../../base/words.ts';
import type { Found } from '../config/users.ts';
import type { Principal } from '../session/user.ts';

/** The principal, and the method of its login. */
export interface Identity {
  readonly authid: string;
  readonly authrole: string;
  readonly authmethod: string;
  readonly authprovider: string;
  readonly authextra: Dict | undefined;
}

/** Of a user who has logged in. */
export function identityOf(
  found: Found,
  authmethod: string,
  principal: Principal | undefined,
  authextra: Dict | undefined,
): Identity {
  const { user, authid, authprovider } = found;
  const extra = { ...user.authextra, ...principal?.authextra, ...authextra };
  return {
    authid: principal?.authid ?? authid,
    authrole: principal?.authrole ?? user.authrole,
    authmethod,
    authprovider,
    authextra: Object.keys(extra).length > 0 ? extra : undefined,
  };
}
