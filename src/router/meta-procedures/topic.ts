/*
 * Procedures about topics. WAMP has none; these are ours.
 */
import { ApplicationError } from '../../base/errors.ts';
import type { Uri } from '../../base/words.ts';
import type { Payload } from '../../protocol/messages.ts';
import { whenKnown } from '../authorization/permissions.ts';
import { type Piecewise, settled } from '../turns/turns.ts';
import { expectUri } from './arguments.ts';
import type { MetaProcedures, MetaRealm } from './meta-realm.ts';

export const topicProcedures: MetaProcedures = {
  // The caller must also be allowed to publish there. A caller of another node was asked there.
  'autostrada.topic.forget': (realm, caller, [topic]) => {
    const uri = expectUri(topic, 'topic');
    if (caller.isRemote) return forget(realm, uri);
    return whenKnown(realm.may(caller, 'publish', uri, 'exact'), (verdict) => {
      if ('error' in verdict) throw new ApplicationError(verdict.error, [verdict.text]);
      return forget(realm, uri);
    });
  },
};

function* forget({ keeping }: MetaRealm, topic: Uri): Piecewise<Payload> {
  const answer = yield* settled(keeping.forget(topic));
  if ('fault' in answer) throw new ApplicationError(answer.fault.uri, [answer.fault.text]);
  return { args: [answer.value] };
}
