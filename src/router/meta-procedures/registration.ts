/*
 * WAMP "Registration Meta API": procedures about the registrations of the realm; and revocation.
 */
import { ApplicationError } from '../../base/errors.ts';
import type { DealerRegistration } from '../dealer/registrations.ts';
import { describeRegistration } from '../meta-events/describe.ts';
import { expectId, expectMatch, expectReason, expectUri, findSession } from './arguments.ts';
import type { MetaProcedures, MetaRealm } from './meta-realm.ts';
import { idsOf, listed, listedByMatch, PAGE, readPage } from './pages.ts';

export const registrationProcedures: MetaProcedures = {
  'wamp.registration.list': {
    keywords: PAGE,
    answer: (realm, _caller, _args, kwargs) => ({ args: [listedByMatch(realm, realm.registrations, readPage(kwargs))] }),
  },
  'wamp.registration.lookup': ({ registrations }, _caller, [procedure, options]) => {
    const match = expectMatch(options);
    return { args: [registrations.lookup(expectUri(procedure, 'procedure', match), match)?.id ?? null] };
  },
  'wamp.registration.match': ({ registrations }, _caller, [procedure]) => ({
    args: [registrations.find(expectUri(procedure, 'procedure'))?.id ?? null],
  }),
  'wamp.registration.get': (realm, _caller, [id]) => ({ args: [describeRegistration(find(realm, id))] }),
  'wamp.registration.list_callees': {
    keywords: PAGE,
    answer: (realm, _caller, [id], kwargs) => {
      const page = readPage(kwargs);
      const { callees } = find(realm, id);
      return { args: [listed(realm, callees.size, idsOf(callees.keys()), page)] };
    },
  },
  'wamp.registration.count_callees': (realm, _caller, [id]) => ({ args: [find(realm, id).callees.size] }),
  // Not in the specification's text, but in its catalogue, and in Crossbar.io.
  'wamp.registration.remove_callee': {
    keywords: ['reason'],
    answer: (realm, _caller, [id, session, text], kwargs) => {
      const registration = expectId(id, 'registration');
      const reason = expectReason(text ?? kwargs.reason, realm.bounds);
      if (!realm.registrar.revoke(findSession(realm, session), registration, reason)) throw noSuchRegistration(id);
      return {};
    },
  },
};

function find({ registrations }: MetaRealm, id: unknown): DealerRegistration {
  const registration = registrations.get(expectId(id, 'registration'));
  if (!registration) throw noSuchRegistration(id);
  return registration;
}

function noSuchRegistration(id: unknown): ApplicationError {
  return new ApplicationError('wamp.error.no_such_registration', [`no such registration here: ${String(id)}`]);
}
