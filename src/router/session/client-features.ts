/* The features that a client announced in HELLO, by role. Only those that the router uses: a HELLO may name any number of others. */
import type { Dict } from '../../base/words.ts';
import { announced, clientRoles, PASSTHRU, PROGRESSIVE_INVOCATIONS } from '../../protocol/features.ts';

const roles = ['publisher', 'subscriber', 'caller', 'callee'] as const;

export type ClientRole = (typeof roles)[number];
export type ClientFeatures = ReturnType<typeof announced<ClientRole>>;

/** @param hello - HELLO.Details. */
export function clientFeatures(hello: Dict): ClientFeatures {
  const given = announced(hello, roles);
  const known = (role: ClientRole) => {
    const features = [...Object.keys(clientRoles[role]?.features ?? {}), PASSTHRU, PROGRESSIVE_INVOCATIONS];
    return Object.fromEntries(features.map((feature) => [feature, given[role]?.[feature] === true]));
  };
  return Object.fromEntries(roles.filter((role) => given[role]).map((role) => [role, known(role)]));
}
