/**
 * Questions to the router about itself: sessions, registrations, subscriptions, event history, testaments.
 *
 * Typed functions over WAMP's meta procedures. They take a session or a connection, and hide the differences between routers
 * (Crossbar.io, nexus). Each rejects as `call` does: with an `ApplicationError` if the router refuses, such as
 * `wamp.error.no_such_session`, `wamp.error.not_authorized`, or `wamp.error.no_such_procedure` if the router does not have that procedure.
 *
 * @module
 */
export { getEvents } from '../client/functions/get-events.ts';
export {
  countCallees,
  findRegistration,
  getRegistration,
  listCallees,
  listRegistrations,
  lookupRegistration,
  removeCallee,
} from './registrations.ts';
export {
  countSessions,
  getSession,
  killAll,
  killByAuthid,
  killByAuthrole,
  killSession,
  listSessions,
} from './sessions.ts';
export {
  countSubscribers,
  findSubscriptions,
  getSubscription,
  listSubscribers,
  listSubscriptions,
  lookupSubscription,
  removeSubscriber,
} from './subscriptions.ts';
export { addTestament, flushTestaments } from './testaments.ts';
