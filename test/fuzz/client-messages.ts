/* What a client may say, in an order that makes sense: the stuff that attacks on a router are made of. */

import {
  ABORT,
  AUTHENTICATE,
  CALL,
  CANCEL,
  ERROR,
  EVENT_RECEIVED,
  GOODBYE,
  HELLO,
  type Payload,
  PUBLISH,
  REGISTER,
  SUBSCRIBE,
  UNREGISTER,
  UNSUBSCRIBE,
  YIELD,
} from '../fixtures/messages.ts';
import { type Action, perhaps } from './campaign.ts';
import { anyDict, anyValue, Live, type Template } from './mutate.ts';
import type { Random } from './random.ts';

const topics = [
  'com.attack.t0',
  'com.attack.t1',
  'com.attack.',
  'com..t1',
  '',
  'wamp.session.on_join',
  'wamp.',
  'com.bystander.topic',
];
const procedures = ['com.attack.p0', 'com.attack.p0', 'com.attack.p1', 'com.attack.', 'com..p1', '', 'com.bystander.add'];
const meta = [
  ...['count', 'list', 'get', 'kill', 'kill_by_authid', 'kill_by_authrole', 'kill_all', 'modify_details'].map(
    (name) => `session.${name}`,
  ),
  ...['add_testament', 'flush_testaments'].map((name) => `session.${name}`),
  ...['list', 'lookup', 'match', 'get', 'list_callees', 'count_callees', 'remove_callee'].map((name) => `registration.${name}`),
  ...['list', 'lookup', 'match', 'get', 'list_subscribers', 'count_subscribers', 'get_events', 'remove_subscriber'].map(
    (name) => `subscription.${name}`,
  ),
].map((name) => `wamp.${name}`);

const features = {
  call_canceling: true,
  progressive_call_results: true,
  progressive_call_invocations: true,
  call_timeout: true,
  payload_passthru_mode: true,
  subscription_revocation: true,
  registration_revocation: true,
};

function hello(random: Random, realm: string, more: object = {}): Template {
  const role = random.chance(0.8) ? { features } : {};
  return HELLO(realm, { roles: { publisher: role, subscriber: role, caller: role, callee: role }, ...more });
}

const payload = (random: Random): Payload => {
  if (random.chance(0.3)) return [];
  const args = Array.from({ length: random.below(3) }, () => anyValue(random));
  return random.chance(0.4) ? [args, anyDict(random)] : [args];
};
const match = (random: Random): object => (random.chance(0.4) ? { match: random.pick(['exact', 'prefix', 'wildcard']) } : {});
const flags = (random: Random, ...names: readonly string[]): object =>
  Object.fromEntries(names.filter(() => random.chance(0.3)).map((name) => [name, random.chance(0.8)]));

/** Numbers its requests as it should. */
class Talk {
  private request = 0;
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  /** Something that is good, or almost. */
  message(): Template {
    const { random } = this;
    const next = (): number => ++this.request;
    switch (random.below(17)) {
      case 0:
      case 1:
        return SUBSCRIBE(next(), { ...match(random), ...flags(random, 'get_retained') }, random.pick(topics));
      case 2:
        return UNSUBSCRIBE(next(), random.chance(0.7) ? new Live('subscription') : 5);
      case 3:
      case 4: {
        const lists = random.chance(0.2) ? { [random.pick(['exclude', 'eligible'])]: [new Live('session'), 5] } : {};
        const options = { ...flags(random, 'acknowledge', 'exclude_me', 'disclose_me', 'retain'), ...lists };
        return PUBLISH(next(), options, random.pick(topics), ...payload(random));
      }
      case 5:
      case 6: {
        const invoke = random.chance(0.4) ? { invoke: random.pick(['single', 'roundrobin', 'random', 'first', 'last']) } : {};
        const options = { ...match(random), ...invoke, ...flags(random, 'disclose_caller', 'forward_timeout') };
        return REGISTER(next(), options, random.pick(procedures));
      }
      case 7:
        return UNREGISTER(next(), random.chance(0.7) ? new Live('registration') : 5);
      case 8:
      case 9: {
        const timeout = random.chance(0.3) ? { timeout: random.pick([0, 1, 50, 100_000]) } : {};
        const options = { ...timeout, ...flags(random, 'receive_progress', 'progress', 'disclose_me') };
        return CALL(next(), options, random.pick(procedures), ...payload(random));
      }
      case 10:
      case 11: {
        const subject = random.pick([new Live('session'), new Live('victim'), new Live('subscription'), new Live('registration')]);
        const args = [random.chance(0.6) ? subject : anyValue(random), anyValue(random), anyValue(random)].slice(
          0,
          random.below(4),
        );
        const kwargs = random.chance(0.4) ? { reason: 'com.attack.reason', ...anyDict(random) } : anyDict(random);
        return CALL(next(), {}, random.pick(meta), args, kwargs);
      }
      case 12: {
        const mode = random.chance(0.7) ? { mode: random.pick(['kill', 'skip', 'killnowait']) } : {};
        return CANCEL(random.chance(0.7) ? Math.max(1, this.request) : 1 + random.below(20), mode);
      }
      case 13:
      case 14:
        return YIELD(this.invocation(), flags(random, 'progress'), ...payload(random));
      case 15:
        return ERROR(
          'INVOCATION',
          this.invocation(),
          {},
          random.pick(['com.attack.error', 'wamp.error.unavailable', 'wamp.error.canceled']),
          ...payload(random),
        );
      default:
        if (random.chance(0.6)) return EVENT_RECEIVED(1 + random.below(9));
        if (random.chance(0.2)) return ABORT({}, 'com.attack.enough');
        if (random.chance(0.2)) return AUTHENTICATE('signature', {});
        this.request = 0;
        return random.chance(0.5) ? GOODBYE({}, 'wamp.close.close_realm') : hello(random, 'realm1');
    }
  }

  private invocation(): unknown {
    return this.random.chance(0.8) ? new Live('invocation') : 1 + this.random.below(5);
  }
}

/** The life of one attacker. */
export function clientScript(random: Random): Action[] {
  const realm = random.pick(['realm1', 'realm1', 'arena', 'guarded', 'members']);
  const how = random.below(10);
  const actions: Action[] = [];
  const login = random.chance(0.7) ? { authmethods: ['ticket'], authid: random.pick(['joe', 'nobody']) } : {};
  actions.push(perhaps(random, hello(random, realm, realm === 'members' ? login : {}), how === 0 ? 1 : 0));
  if (random.chance(0.8)) actions.push({ tick: true });
  if (realm === 'members') {
    actions.push(perhaps(random, AUTHENTICATE(random.pick(['s3cret', 'wrong']), {}), 0.3));
    if (random.chance(0.8)) actions.push({ tick: true });
  }
  const talk = new Talk(random);
  const wildness = random.pick([0.2, 0.4, 0.7, 1]);
  for (let left = 4 + random.below(20); left > 0; left--) {
    const chance = random.next();
    if (chance < 0.06) actions.push({ good: random.pick(['call', 'call', 'publish', 'progress', 'cancel']) });
    else if (chance < 0.3) actions.push({ tick: true });
    else if (chance < 0.31) actions.push({ advance: random.pick([1, 60, 11_000]) });
    else {
      const sent = perhaps(random, talk.message(), wildness);
      actions.push(sent);
      if (random.chance(0.03)) actions.push(sent); // twice the same
    }
  }
  return actions;
}
