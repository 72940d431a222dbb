/* `session.features`: the features that Autobahn|JS knows, as the router announces them. It has these keys and no more, whatever both could do. */
import type { Any } from '../base/any.ts';

const known = {
  broker: {
    subscriber: 'publisher_identification pattern_based_subscription subscription_revocation',
    publisher: 'publisher_identification subscriber_blackwhite_listing publisher_exclusion',
  },
  dealer: {
    caller: 'caller_identification call_canceling progressive_call_results',
    callee: 'caller_identification pattern_based_registration shared_registration progressive_call_results registration_revocation',
  },
} as const;

export function featuresOf(roles: Any): Any {
  const features: Any = {};
  for (const [side, ours] of Object.entries(known)) {
    if (!roles?.[side]) continue;
    const announced = roles[side].features;
    for (const [role, names] of Object.entries(ours)) {
      features[role] = {};
      if (announced) for (const name of names.split(' ')) features[role][name] = announced[name];
    }
  }
  return features;
}
