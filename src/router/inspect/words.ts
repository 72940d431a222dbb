/* The answer of explain.ts in sentences. */
import { named, oneLine, type Uri } from '../../base/words.ts';
import { isUri } from '../../protocol/uri.ts';
import type { PermissionRule } from '../authorization/permissions.ts';
import { isOwn } from '../patterns/reserved.ts';
import type { Explanation } from './explanation.ts';
import type { NearMiss, UsedPattern } from './near.ts';

type Answer = Omit<Explanation, 'says'>;

/** What the sentences need beside the answer. */
export interface Beside {
  /** Why the URI is refused. */
  readonly complaint: string | undefined;
  /** The router itself answers calls of this URI. */
  readonly isRouters: boolean;
  /** It has such a procedure. */
  readonly isThere: boolean;
}

/** Names and URIs are chosen by peers: each sentence stays on one line, and commands no terminal. */
export function sentences(answer: Answer, beside: Beside): readonly string[] {
  const { shadowed, nearRules, by } = answer;
  const isDivided = answer.rules.length === 0;
  const others =
    by === 'rules'
      ? shadowed.map((rule) => `${capital(shown(rule))} ${isDivided ? `${granted(rule)}, where it matches` : LESS}.`)
      : [];
  const nearly = nearRules.map((rule) => `${capital(shown(rule))} does not match: ${because(rule)}.`);
  const without = answer.action === 'publish' && answer.allowed === false ? [SILENT] : [];
  const what = by === 'uri' ? patternHint(answer) : ways(answer, beside);
  return [`${decision(answer, beside)}.`, ...others, ...nearly, ...unnamed(answer), ...without, ...what, ...starred(answer)];
}

/** A rule such as `{ uri: '', match: 'prefix' }` seems to match. */
function unnamed({ by, uri }: Answer): readonly string[] {
  if (by !== 'no rule' || !isOwn(uri)) return [];
  const [first] = uri.split('.', 1);
  return [
    `What is below '${first}.' is the router's: only a rule that names it counts, such as { uri: '${first}.', match: 'prefix' }.`,
  ];
}

/** Elsewhere stars are patterns. */
function starred({ action, by, uri }: Answer): readonly string[] {
  if (action === 'call' || action === 'publish' || by === 'uri' || !/(^|\.)[*+]+(\.|$)/.test(uri)) return [];
  return [
    "In this URI * and + are letters like any other: an empty component matches any, with match: 'wildcard'; a beginning, with match: 'prefix'.",
  ];
}

const LESS = 'matches, too, but is less specific';

const SILENT = 'A publication that is refused has an answer only with acknowledge: true.';

/** More would be noise in one line. */
const MAX_NEAR = 2;

/** The same in short, for a request that has failed: the reason, and what is nearly the same. */
export function reasonsOf(answer: Answer): readonly string[] {
  const { allowed, action, nearRules, near } = answer;
  if (allowed !== true)
    return [reason(answer, undefined), ...nearRules.map((rule) => `${shown(rule)} does not match: ${because(rule)}`)];
  return near
    .slice(0, MAX_NEAR)
    .map((each) =>
      isOwn(each.uri) && each.sessions === 0 ? ours(each) : nearly(each, action === 'call' ? 'callee' : 'subscriber'),
    );
}

function ours(near: NearMiss): string {
  return `it has ${brief(near.uri)}: ${because(near)}`;
}

function decision(answer: Answer, { complaint }: Beside): string {
  const { action, uri, match, who, allowed, by } = answer;
  const { authid, authrole } = who;
  const role = named(authrole);
  const name = authid === null ? `a user with the authrole ${role}` : `${named(authid)} (authrole ${role})`;
  const may = allowed === null ? 'perhaps may' : allowed ? 'may' : 'may not';
  const isUnasked = allowed === null && (by === 'authorizer' || by === 'authorize');
  return `${name} ${may} ${action} ${pattern({ uri, match })}: ${reason(answer, complaint)}${isUnasked ? ', which was not asked' : ''}`;
}

function reason({ realm, uri, who, by, authorizer, rules }: Answer, complaint: string | undefined): string {
  switch (by) {
    case 'open':
      return `${realm} is open to anybody`;
    case 'uri':
      return oneLine(complaint ?? 'this is not a URI', MAX_SHOWN);
    case 'reserved':
      return `what is below '${uri.split('.', 1)[0]}.' is the router's`;
    case 'no role':
      return `${realm} has no authrole ${named(who.authrole)}`;
    case 'no rule':
      return `no rule of ${named(who.authrole)} matches it`;
    case 'rules':
      return rules.length === 0
        ? `rules of ${named(who.authrole)} decide differently about parts of this pattern, or about a part only`
        : `${rules.map((rule) => `${shown(rule)} ${granted(rule)}`).join(', and ')}`;
    case 'authorizer':
      return `no rule of ${named(who.authrole)} matches it, so the authorizer ${authorizer} decides`;
    case 'authorize':
      return `no rule of ${named(who.authrole)} matches it, so the hook 'authorize' of the program decides`;
  }
}

function shown({ uri, match = 'exact' }: Pick<PermissionRule, 'uri' | 'match'>): string {
  return `the rule { uri: '${brief(uri)}', match: '${match}' }`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function granted({ allow }: PermissionRule): string {
  if (allow === 'all') return 'allows all';
  return allow.length === 0 ? 'allows nothing' : `allows ${allow.join(', ')}`;
}

function ways({ action, uri, found, near }: Answer, { isRouters, isThere }: Beside): readonly string[] {
  switch (action) {
    case 'publish':
      if (found.length === 0)
        return [`Nobody subscribes to ${brief(uri)}.`, ...near.map((each) => `${nearly(each, 'subscriber')}.`)];
      return [
        ...found.map((each) => `${count(each, 'subscriber')} by ${pattern(each)}.`),
        'The publisher itself gets the event only with exclude_me: false.',
      ];
    case 'call':
      if (isThere) return ['The router answers it.'];
      if (isRouters)
        return [`The router has no ${brief(uri)}.`, ...near.map((each) => `It has ${brief(each.uri)}: ${because(each)}.`)];
      if (found.length === 0) return [`Nobody has registered ${brief(uri)}.`, ...near.map((each) => `${nearly(each, 'callee')}.`)];
      return found.map((each) => `${count(each, 'callee')} by ${pattern(each)}.`);
    case 'subscribe':
      return found.map((each) => `It has ${count(each, 'subscriber')} already.`);
    case 'register':
      return found.map(
        (each) =>
          `It is registered already, by ${count(each, 'callee')}: another one needs the same option invoke, and not 'single'.`,
      );
  }
}

function pattern({ uri, match }: Pick<UsedPattern, 'uri' | 'match'>): string {
  if (match === 'exact') return uri === '' ? "''" : brief(uri);
  return `the ${match} '${brief(uri)}'`;
}

const MAX_SHOWN = 300;

function brief(text: Uri): string {
  return oneLine(text, MAX_SHOWN);
}

/** With another `match` it would be a pattern. */
function patternHint({ action, uri, match }: Answer): readonly string[] {
  if (action === 'call' || action === 'publish') return [];
  const fitting = (['prefix', 'wildcard'] as const).find((other) => other !== match && isUri(uri, other));
  return fitting && uri.length <= MAX_SHOWN ? [`With match: '${fitting}' it would be a pattern.`] : [];
}

function count({ sessions, routers }: UsedPattern, one: string): string {
  const here = `${sessions} ${one}${sessions === 1 ? '' : 's'}`;
  if (routers === 0) return here;
  const elsewhere = `${one}s at ${routers === 1 ? 'another router' : `${routers} other routers`}`;
  return sessions === 0 ? elsewhere : `${here} here, and ${elsewhere}`;
}

function nearly(near: NearMiss, one: string): string {
  return `${pattern(near)} has ${count(near, one)}: ${because(near)}`;
}

function because({ why, match }: Pick<NearMiss, 'why' | 'match'>): string {
  switch (why) {
    case 'case':
      return 'it differs in upper and lower case';
    case 'star':
      return "* and + are letters like any other; an empty component matches any, with match: 'wildcard'";
    case 'spelling':
      return 'it is spelt nearly the same';
    case 'exact':
      return "it is exact; with match: 'prefix' it would match";
    case 'longer':
      return match === 'exact' ? 'it goes on where this URI ends' : 'its prefix is longer than this URI';
    case 'components':
      return 'it has another number of components';
  }
}
