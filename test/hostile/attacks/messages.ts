/* WAMP messages that are none, come at the wrong time, or ask for what is not theirs. */

import {
  ABORT,
  AUTHENTICATE,
  CALL,
  CANCEL,
  Code,
  ERROR,
  GOODBYE,
  HELLO,
  PUBLISH,
  REGISTER,
  SUBSCRIBE,
  UNREGISTER,
  UNSUBSCRIBE,
  YIELD,
} from '../../fixtures/messages.ts';
import { type Arena, attacksOf, sleep } from '../arena.ts';
import { Raw } from '../formats.ts';
import { type List, type Peer, roles } from '../peer.ts';

/** One of each that a client may send, right but for its ids. */
function legal(id: number): readonly List[] {
  return [
    HELLO('arena', { roles }),
    ABORT({}, 'wamp.close.normal'),
    AUTHENTICATE('signature', {}),
    GOODBYE({}, 'wamp.close.close_realm'),
    ERROR('INVOCATION', id, {}, 'attack.error', [1], { a: 1 }),
    PUBLISH(id, { acknowledge: true }, 'attack.heard.legal', [1], { a: 1 }),
    SUBSCRIBE(id, { match: 'prefix' }, 'attack.p'),
    UNSUBSCRIBE(id, id),
    CALL(id, { receive_progress: true }, 'attack.bystander', [1], { a: 1 }),
    CANCEL(id, { mode: 'kill' }),
    REGISTER(id, { invoke: 'roundrobin' }, 'attack.served'),
    UNREGISTER(id, id),
    YIELD(id, { progress: true }, [1], { a: 1 }),
  ];
}

function oddities(arena: Arena): unknown {
  const { random } = arena;
  return random.pick<() => unknown>([
    () => null,
    () => true,
    () => -1,
    () => 0,
    () => 1.5,
    () => 2 ** 53,
    () => 2 ** 53 + 2,
    () => -(2 ** 53),
    () => 1e308,
    () => '',
    () => 'wamp',
    () => 'a..b',
    () => 'a b',
    () => 'a#b',
    () => '.',
    () => '..',
    () => '\0',
    () => '\u{1f600}'.repeat(50),
    () => 'x'.repeat(20_000),
    () => [],
    () => [[[[]]]],
    () => ({}),
    () => ({ match: 'wildcard', invoke: 'all', acknowledge: 'yes', exclude: 'me', eligible: [null], progress: 1, timeout: -1 }),
    () => ({
      timeout: 2 ** 53,
      exclude: [1.5, 'x', {}],
      ppt_scheme: 1,
      retain: 1,
      get_retained: 'x',
      mode: 'gentle',
      disclose_me: 2,
    }),
    () => ({ exclude_authid: Array.from({ length: 2000 }, (_, i) => `a${i}`), exclude_authrole: [{}] }),
    () => ({ roles: { caller: null, callee: [], publisher: 1, nobody: {} } }),
    () => new Raw('"__proto__"'),
  ])();
}

const firstIds: readonly unknown[] = [0, -1, 1.5, 2 ** 53, 2 ** 53 - 1, 2 ** 31, 7, '1', null, [1], {}];

/** Whatever came of it: the session goes on, or it was ended. */
async function settle(peer: Peer, ms = 150): Promise<void> {
  await peer.ends(ms);
  peer.inbox.length = 0;
}

export const messages = attacksOf('messages', {
  async 'one element is something else'(arena) {
    const { random } = arena;
    for (let i = 0; i < 40; i++) {
      const peer = random.chance(0.8) ? await arena.session() : await arena.peer();
      arena.wild(peer);
      const list = [...random.pick(legal(1))];
      const changes = 1 + random.below(2);
      for (let k = 0; k < changes; k++) list[random.below(list.length + 1)] = oddities(arena);
      arena.note(JSON.stringify(list).slice(0, 300));
      peer.send(list);
      await settle(peer, 40);
      peer.destroy();
    }
  },

  async 'a key of the options is something else'(arena) {
    const { random } = arena;
    const keys = [
      'acknowledge',
      'exclude',
      'eligible',
      'exclude_authid',
      'exclude_authrole',
      'eligible_authid',
      'exclude_me',
      'disclose_me',
      'retain',
      'get_retained',
      'match',
      'invoke',
      'concurrency',
      'force_reregister',
      'progress',
      'receive_progress',
      'timeout',
      'mode',
      'ppt_scheme',
      'ppt_serializer',
      'rkey',
      'runmode',
      'reason',
      '_traceparent',
      'Odd',
      '__proto__',
      'constructor',
      'x'.repeat(1000),
    ];
    for (let i = 0; i < 30; i++) {
      const peer = await arena.session();
      arena.wild(peer);
      const [code, id, , ...rest] = random.pick(legal(1).filter(([code]) => [16, 32, 48, 49, 64, 70].includes(Number(code))));
      const options = Object.fromEntries(Array.from({ length: 1 + random.below(4) }, () => [random.pick(keys), oddities(arena)]));
      arena.note(JSON.stringify([code, id, options, ...rest]).slice(0, 300));
      peer.send([code, id, options, ...rest]);
      await settle(peer, 40);
      peer.destroy();
    }
  },

  async 'codes that nobody knows, and those of a router'(arena) {
    for (const code of [0, 2, 4, 7, 9, 17, 33, 35, 36, 50, 65, 67, 68, 69, 71, 99, 255, 2 ** 53, -1, 1.5, '1', null, [], {}]) {
      const peer = await arena.session();
      arena.wild(peer);
      peer.send([code, 1, {}, 'attack.x', [], {}]);
      await settle(peer, 40);
      peer.destroy();
    }
  },

  async 'lists of every length'(arena) {
    const peer = await arena.session({ format: 'json' });
    arena.wild(peer);
    peer.destroy();
    for (const list of [
      [],
      [1],
      [48],
      [48, 1],
      [48, 1, {}],
      [16, 1, {}, 'attack.x', [], {}, 1, 2, 3],
      Array.from({ length: 50_000 }, () => 48),
    ]) {
      const other = await arena.session();
      arena.wild(other);
      other.send(list);
      await settle(other, 40);
      other.destroy();
    }
  },

  async 'everything before HELLO'(arena) {
    const peers: Peer[] = [];
    for (const list of legal(1).slice(1)) {
      const peer = await arena.peer();
      peer.send(list);
      peers.push(peer);
    }
    await arena.expectGone(peers, 'they did not say HELLO');
  },

  async 'HELLO, and HELLO again'(arena) {
    const peer = await arena.session();
    peer.send(HELLO('arena', { roles }));
    const together = await arena.peer();
    together.send(HELLO('arena', { roles }), HELLO('arena', { roles }), HELLO('arena', { roles }));
    await arena.expectGone([peer, together], 'HELLO in a session');
  },

  async 'realms that are none'(arena) {
    for (const realm of [
      '',
      'nowhere',
      '..',
      'a b',
      'wamp',
      '__proto__',
      'constructor',
      'x'.repeat(50_000),
      '.'.repeat(20_000),
      'Arena',
      'arena\0',
    ]) {
      const peer = await arena.peer();
      if (await peer.join(realm, {}, 2000)) arena.violate('wrong answers to attackers', `it was let into ${realm.slice(0, 50)}`);
      peer.destroy();
    }
  },

  async 'GOODBYE in every place'(arena) {
    const bye: List = GOODBYE({}, 'wamp.close.close_realm');
    const hello: List = HELLO('arena', { roles });
    const subscribe: List = SUBSCRIBE(1, {}, 'attack.bye');
    for (const lists of [
      [bye, bye],
      [bye, subscribe],
      [subscribe, bye, hello, subscribe, bye, hello, bye],
      [bye, ABORT({}, 'wamp.close.normal')],
      [GOODBYE({}, 'wamp.close.goodbye_and_out')],
      Array.from({ length: 300 }, (_, i) => [bye, hello, subscribe][i % 3] ?? bye),
    ]) {
      const peer = await arena.session();
      arena.wild(peer);
      peer.send(...lists);
      await settle(peer, 200);
      peer.destroy();
    }
  },

  async 'ABORT in every place'(arena) {
    const abort: List = ABORT({}, 'wamp.close.normal');
    for (const lists of [[abort], [abort, abort], [SUBSCRIBE(1, {}, 'attack.abort'), abort, SUBSCRIBE(2, {}, 'attack.abort')]]) {
      for (const peer of [await arena.session(), await arena.peer()]) {
        peer.send(...lists);
        await settle(peer, 50);
        peer.destroy();
      }
    }
  },

  async 'request ids in every order'(arena) {
    const { random } = arena;
    for (let i = 0; i < 10; i++) {
      const peer = await arena.session();
      const ids = Array.from({ length: 30 }, () => 1 + random.below(40));
      peer.send(...ids.map((id) => random.pick([...legal(id).slice(5, 9), legal(id)[10] ?? []])));
      await settle(peer, 50);
      peer.destroy();
    }
    for (const id of firstIds) {
      const peer = await arena.session();
      arena.wild(peer);
      peer.send([random.pick([16, 32, 34, 48, 49, 64, 66, 70]), id, {}, 'attack.id']);
      await settle(peer, 30);
      peer.destroy();
    }
  },

  async 'answers that nobody waits for'(arena) {
    for (const list of [
      YIELD(1, {}),
      YIELD(1, { progress: true }, [1]),
      ERROR('INVOCATION', 1, {}, 'attack.error'),
      ERROR('CALL', 1, {}, 'attack.error'),
      ERROR(999, 1, {}, 'attack.error'),
      CANCEL(1, {}),
      CANCEL(1, { mode: 'killnowait' }),
      UNSUBSCRIBE(1, 1),
      UNREGISTER(1, 1),
      YIELD(2 ** 53, {}),
    ]) {
      const peer = await arena.session();
      peer.send(list);
      await settle(peer, 30);
      peer.destroy();
    }
  },

  async 'a call is answered twice, and after its end'(arena) {
    const callee = await arena.session();
    const caller = await arena.session();
    callee.send(REGISTER(1, { invoke: 'last' }, 'attack.twice'));
    await callee.next(65);
    for (let call = 1; call <= 10; call++) {
      caller.send(CALL(call, { receive_progress: true }, 'attack.twice'));
      const invocation = await callee.next(68, 500);
      if (!invocation) break;
      const id = invocation[1];
      callee.send(
        YIELD(id, { progress: true }, [1]),
        YIELD(id, {}, [2]),
        YIELD(id, {}, [3]),
        ERROR('INVOCATION', id, {}, 'attack.late'),
        YIELD(id, { progress: true }),
      );
      caller.send(CANCEL(call, { mode: arena.random.pick(['skip', 'kill', 'killnowait']) }));
      await settle(caller, 20);
    }
  },

  async 'what is not theirs'(arena) {
    const peer = await arena.session();
    const asked: readonly List[] = [
      CALL(1, {}, 'honest.echo', ['mine']),
      REGISTER(2, {}, 'honest.echo'),
      REGISTER(3, { match: 'prefix', force_reregister: true }, 'honest.'),
      REGISTER(4, { match: 'wildcard' }, '.echo'),
      SUBSCRIBE(5, {}, 'honest.news'),
      SUBSCRIBE(6, { match: 'prefix' }, 'honest'),
      SUBSCRIBE(7, { match: 'wildcard' }, '.news'),
      PUBLISH(8, { acknowledge: true }, 'honest.news', ['a lie', 1]),
      CALL(9, {}, 'wamp.session.kill', [1]),
      CALL(10, {}, 'wamp.session.kill_all'),
      CALL(11, {}, 'wamp.session.kill_by_authid', ['honest']),
      REGISTER(12, {}, 'wamp.session.count'),
      PUBLISH(13, { acknowledge: true }, 'wamp.session.on_leave', [1]),
      CALL(14, {}, 'odd.procedure'),
      PUBLISH(15, { acknowledge: true }, 'odd.topic'),
      SUBSCRIBE(16, { match: 'prefix' }, ''),
      REGISTER(17, { match: 'prefix' }, ''),
    ];
    for (const list of asked) {
      peer.send(list);
      const answer = await peer.next(() => true, 5000);
      if (answer && answer[0] !== Code.ERROR && answer[0] !== Code.ABORT)
        arena.violate('wrong answers to attackers', `to ${JSON.stringify(list)}: ${JSON.stringify(answer)}`);
      if (!answer || answer[0] === Code.ABORT) break;
    }
  },

  async 'the meta API is asked nonsense'(arena) {
    const { random } = arena;
    const names = [
      'session.count',
      'session.list',
      'session.get',
      'session.add_testament',
      'session.flush_testaments',
      'session.modify_details',
      'registration.list',
      'registration.lookup',
      'registration.match',
      'registration.get',
      'registration.list_callees',
      'registration.count_callees',
      'subscription.list',
      'subscription.lookup',
      'subscription.match',
      'subscription.get',
      'subscription.list_subscribers',
      'subscription.count_subscribers',
      'subscription.get_events',
      'nonsense',
      '',
    ];
    for (let i = 0; i < 8; i++) {
      const peer = await arena.session();
      arena.wild(peer);
      for (let k = 1; k <= 15; k++) {
        const args = Array.from({ length: random.below(4) }, () => oddities(arena));
        const list = [Code.CALL, k, {}, `wamp.${random.pick(names)}`, args, random.chance(0.5) ? oddities(arena) : {}];
        arena.note(JSON.stringify(list).slice(0, 200));
        peer.send(list);
      }
      await settle(peer, 100);
      peer.destroy();
    }
  },

  async 'messages behind a decision that takes its time'(arena) {
    const peer = await arena.session();
    peer.send(
      SUBSCRIBE(1, {}, 'slow.topic'),
      ...Array.from({ length: 2000 }, (_, i) => PUBLISH(i + 2, {}, 'attack.heard.slow', [i])),
      CALL(2002, {}, 'slow.procedure'),
      GOODBYE({}, 'wamp.close.close_realm'),
    );
    const other = await arena.session();
    other.send(REGISTER(1, {}, 'slow.procedure'), SUBSCRIBE(2, {}, 'slow.topic'));
    other.destroy();
    await sleep(600);
  },
});
