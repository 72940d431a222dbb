/* Finds values of a configuration that are legal, but probably a mistake. They are logged at the start. */

import { isUsual } from '../../auth/proofs/scram-limits.ts';
import { nearest } from '../../base/nearest.ts';
import { AUTHID, type PermissionRule } from '../authorization/permissions.ts';
import type { Settings } from './config.ts';
import { within } from './config-path.ts';

/** One sentence for each, with the path. */
export function doubts({ realms, authorize, findUser, recognize, limits }: Settings): readonly string[] {
  const found: string[] = realms.length === 0 ? ['config.realms: there is none, so nobody can join'] : [];
  const { maxMessageBytes, maxQueuedBytes } = limits;
  if (maxQueuedBytes < maxMessageBytes)
    found.push(
      `config.limits: maxQueuedBytes (${maxQueuedBytes}) is below maxMessageBytes (${maxMessageBytes}), so a message between them ends whom it is for`,
    );
  for (const { name, anonymous, authroles, users, authenticator, history } of realms) {
    if (!authroles) continue;
    const path = within('config.realms', name);
    const isAsked = findUser !== undefined || recognize !== undefined || authenticator !== undefined;
    if (anonymous === undefined && users.size === 0 && !isAsked)
      found.push(`${path}: it has neither anonymous nor users nor an authenticator, so nobody can log in from outside`);
    for (const [authrole, { permissions, authorizer }] of authroles) {
      const at = `${within(`${path}.authroles`, authrole)}.permissions`;
      const isDecided = authorizer !== undefined || authorize !== undefined;
      if (permissions.length === 0 && !isDecided)
        found.push(`${at}: the list is empty and no authorizer is asked, so nothing is allowed`);
      if (permissions === 'all' && authrole === anonymous)
        found.push(`${at}: anybody may do everything without credentials, as calling wamp.session.kill`);
      if (permissions !== 'all') found.push(...signs(permissions, at, [AUTHID]), ...hidden(permissions, at));
    }
    for (const [authid, { scram }] of users) {
      if (!scram || isUsual(scram)) continue;
      const cost = `${scram.iterations} times${scram.kdf === 'pbkdf2' ? '' : ` ${scram.memory} KiB of`} ${scram.kdf}`;
      found.push(
        `${within(`${path}.users`, authid)}.scram: our client refuses ${cost} as too little or too much, unless it is told otherwise`,
      );
    }
    found.push(...signs(history, `${path}.history`, []));
  }
  return found;
}

/** A wildcard below a prefix decides nothing: the prefix comes first, even if the wildcard allows less. At Crossbar.io the wildcard comes first. */
function hidden(rules: readonly PermissionRule[], path: string): readonly string[] {
  const prefixes = rules.filter(({ match }) => match === 'prefix');
  return rules.flatMap(({ uri, match }, i) => {
    const begin = /^(?:[^.]+\.)*/.exec(uri)?.[0] ?? '';
    const prefix = match === 'wildcard' && prefixes.find((other) => begin.startsWith(other.uri));
    return prefix
      ? [`${path}[${i}]: for every URI that this wildcard matches, the rule for the prefix '${prefix.uri}' comes first`]
      : [];
  });
}

/** `{…}` and `*` are legal in a URI. Here they have no special meaning, so they are probably a mistake. */
function signs(rules: readonly Pick<PermissionRule, 'uri'>[], path: string, known: readonly string[]): readonly string[] {
  const others = known.length > 0 ? `, only ${known.join(', ')} does` : '';
  return rules.flatMap(({ uri }, i) =>
    [...uri.matchAll(/\{[^{}]*\}|\*/g)]
      .filter(([word]) => !known.includes(word))
      .map(
        ([word]) =>
          `${path}[${i}].uri: ${word} stands for nothing here${others}: it is taken as it is written${nearest(word, known)}`,
      ),
  );
}
