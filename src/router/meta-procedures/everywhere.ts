/*
 * Procedures whose answer, in a cluster, is made of the answers of all nodes: sessions and subscriptions are known to their own node only. Registrations are known to all of
 * them, but only a callee's own node can take one away.
 */
import { isDict } from '../../base/checks.ts';
import type { Uri } from '../../base/words.ts';
import type { Call } from '../../protocol/messages.ts';
import type { Outcome } from '../elsewhere/elsewhere.ts';
import { readPage } from './pages.ts';

/** Joins the answers; this node's is the first. */
type Join = (outcomes: readonly Outcome[], call: Call) => Outcome;

/** Joins answers that have all succeeded. */
const all =
  (join: (values: readonly unknown[], call: Call) => unknown): Join =>
  (outcomes, call) => {
    const failed = outcomes.find((outcome) => 'error' in outcome);
    if (failed) return failed;
    return { value: { args: [join(outcomes.map(answerOf), call)] } };
  };

const sum = all((values) => values.reduce((total: number, value) => total + Number(value ?? 0), 0));

/** Lists of ids; each is a page if one was asked for. */
const joined = (values: readonly unknown[], call: Call): readonly number[] => {
  const ids = [...new Set(values.flatMap((value) => (Array.isArray(value) ? value : [])))];
  const page = readPage((call.carried?.values() ?? call).kwargs ?? {});
  return page ? ids.sort((a, b) => a - b).slice(0, page.limit) : ids;
};
const list = all(joined);
const listOrNull = all((values, call) => {
  const found = joined(values, call);
  return found.length > 0 ? found : null;
});
const byMatch = all((values, call) => {
  const of = (match: string) =>
    joined(
      values.map((value) => (isDict(value) ? value[match] : [])),
      call,
    );
  return { exact: of('exact'), prefix: of('prefix'), wildcard: of('wildcard') };
});

/** The first that has succeeded, and is not null. If none has, the error of a node that has what it is about. */
const first: Join = (outcomes) =>
  outcomes.find((outcome) => 'value' in outcome && answerOf(outcome) !== null) ??
  outcomes.find((outcome) => 'value' in outcome) ??
  outcomes.find(isRefusal) ??
  outcomes[0] ?? { value: {} };

const any = all((values) => values.some((value) => value === true));

export const everywhere: ReadonlyMap<Uri, Join> = new Map([
  ['wamp.session.count', sum],
  ['wamp.session.list', list],
  ['wamp.session.get', first],
  ['wamp.session.kill', first],
  ['wamp.session.kill_by_authid', list],
  ['wamp.session.kill_by_authrole', sum],
  ['wamp.session.kill_all', sum],
  ['wamp.subscription.list', byMatch],
  ['wamp.subscription.lookup', first],
  ['wamp.subscription.match', listOrNull],
  ['wamp.subscription.get', first],
  ['wamp.subscription.list_subscribers', present(list)],
  ['wamp.subscription.count_subscribers', present(sum)],
  ['wamp.subscription.remove_subscriber', first],
  ['wamp.registration.remove_callee', first],
  ['autostrada.topic.forget', any],
]);

/** Of the nodes that have it; if none has, the first error. */
function present(join: Join): Join {
  return (outcomes, call) => {
    const found = outcomes.filter((outcome) => 'value' in outcome);
    return join(found.length > 0 ? found : outcomes, call);
  };
}

/** An error, but not that this node does not have what another one may have. */
export function isRefusal(outcome: Outcome): boolean {
  return 'error' in outcome && !/^wamp\.error\.no_such_/.test(outcome.error.uri);
}

function answerOf(outcome: Outcome): unknown {
  return 'value' in outcome ? outcome.value.args?.[0] : undefined;
}
