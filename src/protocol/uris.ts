/*
 * The URIs that WAMP defines, and a few of our own. A URI that is used in only one place is written there; those that several
 * places use are here.
 */

export const NETWORK_FAILURE = 'wamp.error.network_failure';
export const PROTOCOL_VIOLATION = 'wamp.error.protocol_violation';
export const PAYLOAD_SIZE_EXCEEDED = 'wamp.error.payload_size_exceeded';
export const INVALID_URI = 'wamp.error.invalid_uri';
/** The URI for an exception that an endpoint throws. It is not in the specification, but all implementations use it. */
export const RUNTIME_ERROR = 'wamp.error.runtime_error';
export const CLOSE_NORMAL = 'wamp.close.normal';
export const GOODBYE_AND_OUT = 'wamp.close.goodbye_and_out';
export const SYSTEM_SHUTDOWN = 'wamp.close.system_shutdown';

/** URIs that implementations send instead of those of the specification. */
const synonyms = new Map([
  ['wamp.error.no_auth_method', 'wamp.error.no_matching_auth_method'],
  ['wamp.error.not_auth_method', 'wamp.error.no_matching_auth_method'],
  ['wamp.error.cancelled', 'wamp.error.canceled'],
  ['wamp.error.goodbye_and_out', GOODBYE_AND_OUT],
  ['wamp.error.system_shutdown', SYSTEM_SHUTDOWN],
  ['wamp.error.disclose_me.not_allowed', 'wamp.error.option_disallowed.disclose_me'],
]);

/** The URI that the specification has for a reason. */
export function canonical(uri: string): string {
  return synonyms.get(uri) ?? uri;
}
