/* The answer of explain.ts in sentences. */
import type { PermissionRule } from '../authorization/permissions.ts';
import type { Explanation } from './explanation.ts';
import type { NearMiss, UsedPattern } from './near.ts';

type Answer = Omit<Explanation, 'says'>;

/** @param isRouters - The URI belongs to the router. */
export function sentences(answer: Answer, isRouters: boolean): readonly string[] {
  const { shadowed, nearRules, by } = answer;
  const others = by === 'rules' ? shadowed.map((rule) => `${capital(shown(rule))} matches, too, but is less specific.`) : [];
  const nearly = nearRules.map((rule) => `${capital(shown(rule))} does not match: ${because(rule)}.`);
  const without = answer.action === 'publish' && answer.allowed === false ? [SILENT] : [];
  return [`${decision(answer)}.`, ...others, ...nearly, ...without, ...ways(answer, isRouters)];
}

const SILENT = 'A publication that is refused has an answer only with acknowledge: true.';

/** The same in short, for what has failed: the reason, and what is nearly the same. */
export function reasonsOf(answer: Answer): readonly string[] {
  const { allowed, action, nearRules, near } = answer;
  if (allowed !== true) return [reason(answer), ...nearRules.map((rule) => `${shown(rule)} does not match: ${because(rule)}`)];
  return near.map((each) => nearly(each, action === 'call' ? 'callee' : 'subscriber'));
}

function decision(answer: Answer): string {
  const { action, uri, match, who, allowed, by } = answer;
  const { authid, authrole } = who;
  const name = authid === null ? `a user with the authrole ${authrole}` : `${authid} (authrole ${authrole})`;
  const pattern = match === 'exact' ? uri : `the ${match} '${uri}'`;
  const may = allowed === null ? 'perhaps may' : allowed ? 'may' : 'may not';
  const isUnasked = allowed === null && (by === 'authorizer' || by === 'authorize');
  return `${name} ${may} ${action} ${pattern}: ${reason(answer)}${isUnasked ? ', which was not asked' : ''}`;
}

function reason({ realm, uri, who: { authrole }, by, authorizer, rules }: Answer): string {
  switch (by) {
    case 'open':
      return `${realm} is open to anybody`;
    case 'uri':
      return 'this is no legal URI';
    case 'reserved':
      return `what is below '${uri.split('.', 1)[0]}.' is the router's`;
    case 'no role':
      return `${realm} has no authrole ${authrole}`;
    case 'no rule':
      return `no rule of ${authrole} matches it`;
    case 'rules':
      return rules.length === 0
        ? `rules of ${authrole} decide differently about parts of this pattern`
        : `${rules.map((rule) => `${shown(rule)} ${granted(rule)}`).join(', and ')}`;
    case 'authorizer':
      return `no rule of ${authrole} matches it, so the authorizer ${authorizer} decides`;
    case 'authorize':
      return `no rule of ${authrole} matches it, so the hook 'authorize' of the program decides`;
  }
}

function shown({ uri, match = 'exact' }: Pick<PermissionRule, 'uri' | 'match'>): string {
  return `the rule { uri: '${uri}', match: '${match}' }`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function granted({ allow }: PermissionRule): string {
  if (allow === 'all') return 'allows all';
  return allow.length === 0 ? 'allows nothing' : `allows ${allow.join(', ')}`;
}

function ways({ action, uri, found, near }: Answer, isRouters: boolean): readonly string[] {
  switch (action) {
    case 'publish':
      if (found.length === 0) return [`Nobody subscribes to ${uri}.`, ...near.map((each) => `${nearly(each, 'subscriber')}.`)];
      return [
        ...found.map((each) => `${count(each, 'subscriber')} by ${pattern(each)}.`),
        'The publisher itself gets the event only with exclude_me: false.',
      ];
    case 'call':
      if (isRouters && found.length === 0) return ['The router answers it.'];
      if (found.length === 0) return [`Nobody has registered ${uri}.`, ...near.map((each) => `${nearly(each, 'callee')}.`)];
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

function pattern({ uri, match }: UsedPattern): string {
  return match === 'exact' ? uri : `the ${match} '${uri}'`;
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
