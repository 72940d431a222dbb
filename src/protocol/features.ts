/*
 * The features that each of our roles announces (WAMP "Feature Announcement"), and those that the other end announced. A
 * feature is listed if and only if it is implemented.
 */

import { isDict } from '../base/checks.ts';
import type { Dict } from '../base/words.ts';

/** Feature announcements, by name. */
type Features = { readonly [feature: string]: boolean };

type Roles = { readonly [role: string]: { readonly features: Features } };

/** HELLO.Details.roles of every client. `withFeature` adds the features that only some clients have. */
export const clientRoles: Roles = {
  publisher: { features: { publisher_exclusion: true, publisher_identification: true, subscriber_blackwhite_listing: true } },
  subscriber: {
    features: {
      pattern_based_subscription: true,
      publication_trustlevels: true,
      publisher_identification: true,
      subscription_revocation: true,
    },
  },
  caller: {
    features: {
      call_canceling: true,
      call_timeout: true,
      caller_identification: true,
      progressive_call_results: true,
    },
  },
  callee: {
    features: {
      call_canceling: true,
      call_reroute: true,
      call_timeout: true,
      call_trustlevels: true,
      caller_identification: true,
      pattern_based_registration: true,
      progressive_call_results: true,
      registration_revocation: true,
      shared_registration: true,
    },
  },
};

export const routerRoles: Roles = {
  broker: {
    features: {
      event_history: true,
      event_retention: true,
      pattern_based_subscription: true,
      payload_passthru_mode: true,
      publication_trustlevels: true,
      publisher_exclusion: true,
      publisher_identification: true,
      session_meta_api: true,
      subscriber_blackwhite_listing: true,
      subscription_meta_api: true,
      subscription_revocation: true,
    },
  },
  dealer: {
    features: {
      call_canceling: true,
      call_reroute: true,
      call_timeout: true,
      call_trustlevels: true,
      caller_identification: true,
      pattern_based_registration: true,
      payload_passthru_mode: true,
      progressive_call_invocations: true,
      progressive_call_results: true,
      registration_meta_api: true,
      registration_revocation: true,
      session_meta_api: true,
      shared_registration: true,
      testament_meta_api: true,
    },
  },
};

/** The features that the other end announced, by role. A feature whose value is not `true` is absent. */
export function announced<Role extends string>(details: Dict, roles: readonly Role[]): { readonly [role in Role]?: Features } {
  const given = isDict(details.roles) ? details.roles : {};
  const result: { [role in Role]?: Features } = {};
  for (const role of roles) {
    const entry = given[role];
    if (!isDict(entry)) continue;
    const features = isDict(entry.features) ? entry.features : {};
    result[role] = Object.fromEntries(Object.entries(features).map(([feature, value]) => [feature, value === true]));
  }
  return result;
}

/** The same roles with one more feature, for all of them or only for those that are named. */
export function withFeature(roles: Roles, feature: string, those?: readonly string[]): Roles {
  const has = ([role, { features }]: [string, Roles[string]]): [string, Roles[string]] => [
    role,
    !those || those.includes(role) ? { features: { ...features, [feature]: true } } : { features },
  ];
  return Object.fromEntries(Object.entries(roles).map(has));
}

/** WAMP "Progressive Call Invocations". A client has it with the feature `progressiveInputs`. */
export const PROGRESSIVE_INVOCATIONS = 'progressive_call_invocations';

/** WAMP "Payload Passthru Mode". A client has it when it was given `ConnectionOptions.passthru`. */
export const PASSTHRU = 'payload_passthru_mode';

/** The `ppt_*` attributes among these options or details. */
export function passthruAttributes(given: Dict): Dict {
  const attributes: { [key: string]: unknown } = {};
  for (const key in given) if (key.slice(0, 4) === 'ppt_') attributes[key] = given[key];
  return attributes;
}
