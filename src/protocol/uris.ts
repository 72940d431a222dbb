/*
 * The URIs that WAMP defines, and the few of our own. Written out at the place of use where only one place uses them;
 * what several use is here.
 */

export const NETWORK_FAILURE = 'wamp.error.network_failure';
export const PROTOCOL_VIOLATION = 'wamp.error.protocol_violation';
export const PAYLOAD_SIZE_EXCEEDED = 'wamp.error.payload_size_exceeded';
export const INVALID_URI = 'wamp.error.invalid_uri';
/** What a plain exception in an endpoint becomes; not in the specification, but in every implementation. */
export const RUNTIME_ERROR = 'wamp.error.runtime_error';
export const CLOSE_NORMAL = 'wamp.close.normal';
export const GOODBYE_AND_OUT = 'wamp.close.goodbye_and_out';
export const SYSTEM_SHUTDOWN = 'wamp.close.system_shutdown';

/** What implementations say in place of the specification's word. */
const synonyms = new Map([
  ['wamp.error.no_auth_method', 'wamp.error.no_matching_auth_method'],
  ['wamp.error.not_auth_method', 'wamp.error.no_matching_auth_method'],
  ['wamp.error.cancelled', 'wamp.error.canceled'],
  ['wamp.error.goodbye_and_out', GOODBYE_AND_OUT],
  ['wamp.error.system_shutdown', SYSTEM_SHUTDOWN],
  ['wamp.error.disclose_me.not_allowed', 'wamp.error.option_disallowed.disclose_me'],
]);

/** The specification's word for a reason. */
export function canonical(uri: string): string {
  return synonyms.get(uri) ?? uri;
}
