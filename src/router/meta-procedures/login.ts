/*
 * Procedures about logins. WAMP has none; these are ours.
 */
import { ApplicationError } from '../../base/errors.ts';
import { invalidArgument } from './arguments.ts';
import type { MetaProcedures } from './meta-realm.ts';

export const loginProcedures: MetaProcedures = {
  // Of the caller's realm.
  'autostrada.login.forget': (realm, _, [authid]) => {
    if (typeof authid !== 'string' || authid === '') throw invalidArgument('the authid of a user', authid);
    return realm.forgetLogins(authid).then(
      (count) => ({ args: [count] }),
      () => {
        throw new ApplicationError('autostrada.error.store_failed', ['the logins could not be forgotten']);
      },
    );
  },
};
