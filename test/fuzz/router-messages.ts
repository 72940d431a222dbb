/* What a router may say, and what a user does meanwhile: the stuff that attacks on a client are made of. */

import {
  ABORT,
  CHALLENGE,
  EVENT,
  GOODBYE,
  INTERRUPT,
  INVOCATION,
  type Payload,
  PUBLISHED,
  REGISTERED,
  RESULT,
  SUBSCRIBED,
  UNREGISTERED,
  UNSUBSCRIBED,
  WELCOME,
} from '../fixtures/messages.ts';
import { type Action, perhaps } from './campaign.ts';
import { anyDict, anyValue, Live, type Template } from './mutate.ts';
import type { Random } from './random.ts';

const features = {
  call_canceling: true,
  call_timeout: true,
  progressive_call_results: true,
  progressive_call_invocations: true,
  payload_passthru_mode: true,
};

function welcome(random: Random): Template {
  const role = random.chance(0.7) ? { features } : {};
  return WELCOME(1 + random.below(1000), {
    roles: { broker: role, dealer: role },
    authid: 'joe',
    authrole: 'user',
    authmethod: 'ticket',
  });
}

const payload = (random: Random): Payload => {
  if (random.chance(0.3)) return [];
  const args = Array.from({ length: random.below(3) }, () => anyValue(random));
  return random.chance(0.4) ? [args, anyDict(random)] : [args];
};

/** Something that is good, or almost. Ids that a router issues are small, so that they meet again. */
function message(random: Random): Template {
  const id = (): number => 11 + random.below(4);
  const flag = (name: string, often = 0.3): object => (random.chance(often) ? { [name]: true } : {});
  switch (random.below(18)) {
    case 0:
    case 1:
      return SUBSCRIBED(new Live('SUBSCRIBE'), id());
    case 2:
    case 3:
      return REGISTERED(new Live('REGISTER'), id());
    case 4:
      return PUBLISHED(new Live('PUBLISH'), 1 + random.below(99));
    case 5:
    case 6:
      return RESULT(new Live('CALL'), flag('progress'), ...payload(random));
    case 7: {
      const type = random.pick(['CALL', 'PUBLISH', 'SUBSCRIBE', 'REGISTER', 'UNSUBSCRIBE', 'UNREGISTER']);
      const code = { CALL: 48, PUBLISH: 16, SUBSCRIBE: 32, REGISTER: 64, UNSUBSCRIBE: 34, UNREGISTER: 66 }[type];
      return [
        8,
        code,
        new Live(type),
        {},
        random.pick(['com.attack.error', 'wamp.error.canceled', 'wamp.error.timeout']),
        ...payload(random),
      ];
    }
    case 8:
    case 9: {
      const details = random.chance(0.3) ? { topic: 'com.mine.t0', publisher: 5, publisher_authid: 'joe', retained: true } : {};
      return EVENT(new Live('subscription'), 1 + random.below(99), details, ...payload(random));
    }
    case 10:
    case 11:
    case 12: {
      const details = {
        ...flag('receive_progress', 0.5),
        ...flag('progress', 0.1),
        ...(random.chance(0.2) ? { procedure: 'com.mine.p0' } : {}),
      };
      return INVOCATION(
        random.chance(0.7) ? new Live('next invocation') : 1 + random.below(5),
        new Live('registration'),
        details,
        ...payload(random),
      );
    }
    case 13:
      return INTERRUPT(random.chance(0.7) ? new Live('invocation') : 1 + random.below(5), {
        mode: random.pick(['kill', 'killnowait', 'skip']),
      });
    case 14:
      if (random.chance(0.5)) return UNSUBSCRIBED(new Live('UNSUBSCRIBE'));
      return UNSUBSCRIBED(0, { subscription: new Live('subscription'), reason: 'com.attack.revoked' });
    case 15:
      if (random.chance(0.5)) return UNREGISTERED(new Live('UNREGISTER'));
      return UNREGISTERED(0, { registration: new Live('registration'), reason: 'com.attack.revoked' });
    default:
      if (random.chance(0.85)) return EVENT(new Live('subscription'), 7, {});
      return random.pick([
        GOODBYE({}, 'wamp.close.system_shutdown'),
        ABORT({}, 'com.attack.enough'),
        welcome(random),
        CHALLENGE('ticket', {}),
      ]);
  }
}

const deeds = [
  ...['call', 'call', 'callResult', 'progress', 'canceled', 'timed', 'connection call'],
  ...['publish', 'silent publish', 'subscribe', 'subscribe', 'durable subscribe', 'unsubscribe'],
  ...['register', 'register', 'durable register', 'unregister', 'abort all'],
];

const deed = (random: Random, from: readonly string[]): Action => ({ good: random.pick(from), luck: random.below(2 ** 31) });

/** The life of one session. */
export function routerScript(random: Random): Action[] {
  const actions: Action[] = [];
  const wildness = random.pick([0.2, 0.4, 0.7, 1]);
  const isOpening = random.chance(0.1);
  for (let rounds = random.chance(0.3) ? 1 + random.below(2) : 0; rounds > 0; rounds--) {
    actions.push(perhaps(random, CHALLENGE(random.pick(['ticket', 'ticket', 'other']), anyDict(random)), isOpening ? 0.5 : 0));
    if (random.chance(0.8)) actions.push({ tick: true });
  }
  if (isOpening && random.chance(0.5)) actions.push(perhaps(random, message(random), 0.5));
  for (let left = random.below(4); left > 0; left--)
    actions.push(deed(random, ['durable subscribe', 'durable register', 'connection call']));
  actions.push(perhaps(random, welcome(random), isOpening ? 0.7 : 0));
  if (random.chance(0.7)) actions.push({ tick: true });
  for (let left = random.below(6); left > 0; left--) actions.push(deed(random, deeds));
  for (let left = 4 + random.below(20); left > 0; left--) {
    const chance = random.next();
    if (chance < 0.12) actions.push(deed(random, deeds));
    else if (chance < 0.4) actions.push({ tick: true });
    else if (chance < 0.41) actions.push({ advance: random.pick([1, 60, 20_000]) });
    else if (chance < 0.415) actions.push({ good: 'leave' });
    else {
      const sent = perhaps(random, message(random), wildness);
      actions.push(sent);
      if (random.chance(0.03)) actions.push(sent); // twice the same
    }
  }
  return actions;
}
